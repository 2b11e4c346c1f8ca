"""Rules of law as tables: deadlines, calendar, steps, classification, forms."""

from datetime import date, timedelta
from typing import get_args

import holidays as peer
import pytest

from app.explain import derivation
from app.law import terms
from app.law.calendar import Calendar, Year
from app.law.classify import VERSIONS, Proposal, Question, questions_on, walk
from app.law.clocks import CaseFacts, case_state
from app.law.codes import CaseState, Direction, Kind, PetitionState
from app.law.complexity import flags
from app.law.counting import check_cross, check_form
from app.law.deadlines import NoSuchRule, Suspension, due, keys
from app.law.forms.registry import NoSuchForm, circular_on, find_form
from app.law.forms.tt_06_2025 import FORMS
from app.law.holidays import SEED
from app.law.limits import LIMITS
from app.law.periods import current_quarter, periods_of
from app.law.steps import APART, STEPS, allowed, directions, foremost, outcomes
from app.law.terms import codes


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("rule", "start", "conditions", "last_day", "why"),
    [
        ("complaint.accept", "2026-11-20", "", "2026-12-02?", "7 working days; 24/11 is a day off, doubtfully"),
        ("complaint.accept", "2026-06-30", "", "2026-07-10", "the old rule: 10 calendar days"),
        ("complaint.accept", "2026-07-01", "", "2026-07-10", "the new rule from 1/7/2026: 7 working days"),
        ("complaint.settle.first", "2026-07-01", "", "2026-07-31", "30 calendar days, a Friday"),
        ("complaint.settle.first", "2026-08-03", "complex", "2026-09-17", "45 calendar days over the 2/9 holiday"),
        (
            "complaint.settle.first",
            "2026-02-16",
            "",
            "2026-03-18",
            "accepted during Tết: 30 calendar days all the same",
        ),
        ("complaint.settle.first", "2026-08-03", "remote", "2026-09-17", "remote alone: 45"),
        ("complaint.settle.first", "2026-08-03", "remote complex", "2026-10-02", "remote and complex: 60"),
        (
            "complaint.settle.first",
            "2026-08-03",
            "very_complex",
            "2026-09-03",
            "a flag that no row names is ignored: 30, moved over 2/9",
        ),
        ("complaint.settle.second", "2026-08-03", "remote complex", "2026-10-12", "70"),
        ("complaint.send.first", "2026-08-28", "", "2026-09-07", "31/8, 1/9, 2/9 are days off"),
        (
            "denunciation.settle",
            "2026-03-02",
            "complex very_complex",
            "2026-06-01",
            "90 ends on Sunday 31/5, moved to Monday",
        ),
        ("denunciation.process", "2026-08-20", "", "2026-08-28", "Saturday 22/8 is worked"),
        ("denunciation.process", "2026-08-20", "many_places", "2026-09-07", "10 working days"),
        ("complaint.time_bar", "2026-10-03", "", "2027-01-04?", "90 ends on 1/1/2027, a holiday in an estimated year"),
        ("petition.neglected", "2026-07-01", "", "2026-08-17", "45 ends on Saturday 15/8"),
        ("complaint.publish.second", "2012-11-20", "", "2012-12-05?", "15 from the day the decree came into force"),
        ("discipline.complain.second", "2026-08-03", "", "2026-08-13", "10"),
        ("discipline.complain.second", "2026-08-03", "dismissal", "2026-09-03", "dismissal: 30, moved over 2/9"),
        ("discipline.settle", "2026-08-03", "complex remote", "2026-09-17", "45 wherever it is"),
        ("denunciation.forward", "2026-10-05", "many_places", "2026-10-12", "5 working days, however many places"),
        ("denunciation.review", "2026-10-05", "", "2026-10-26", "20 end on Sunday 25/10"),
        (
            "complaint.settle.first",
            "2025-01-01",
            "",
            "2025-02-03",
            "30 ends on 31/1/2025 in Tết, moved over the weekend",
        ),
        ("reflection.process", "2030-05-02", "", "2030-05-16?", "a year nobody has entered: weekends only, tentative"),
    ],
)
def test_the_last_day_of_a_limit(rule, start, conditions, last_day, why):
    assert due(rule, day(start), SEED, conditions.split()).text == last_day, why


@pytest.mark.parametrize(
    ("rule", "start", "pauses", "last_day"),
    [
        ("complaint.settle.first", "2026-07-01", [("2026-07-10", "2026-07-20")], "2026-08-10"),
        ("complaint.settle.first", "2026-07-01", [("2026-07-10", "2026-07-10")], "2026-07-31"),
        (
            "complaint.settle.first",
            "2026-07-01",
            [("2026-07-10", "2026-07-20"), ("2026-07-25", "2026-07-26")],
            "2026-08-11",
        ),
        ("complaint.settle.first", "2026-07-01", [("2026-07-10", None)], "-"),
        ("complaint.settle.first", "2026-07-01", [("2026-08-10", None)], "2026-07-31"),
        ("denunciation.process", "2026-10-05", [("2026-10-07", "2026-10-09")], "2026-10-16"),
    ],
)
def test_suspension_stops_the_clock(rule, start, pauses, last_day):
    suspensions = [Suspension(day(begin), day(end) if end else None) for begin, end in pauses]
    assert due(rule, day(start), SEED, (), suspensions).text == last_day


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("no.such.rule", "2026-01-01"),
        ("reception.refuse", "2026-06-30"),
        ("complaint.accept", "2012-06-30"),
        ("complaint.publish.second", "2012-11-19"),
    ],
)
def test_no_rule_is_an_error(rule, start):
    with pytest.raises(NoSuchRule):
        due(rule, day(start), SEED)


def test_rows_have_sources_and_no_gaps_or_overlaps():
    groups = {}
    for rule in LIMITS:
        assert rule.source and rule.limit > 0
        groups.setdefault((rule.key, rule.when), []).append(rule)
    for (key, _), rows in groups.items():
        rows.sort(key=lambda rule: rule.since)
        for earlier, later in zip(rows, rows[1:], strict=False):
            assert earlier.until == later.since - timedelta(days=1), key
        assert rows[-1].until is None


def test_every_rule_has_a_row_without_conditions_and_can_explain_itself():
    for key in keys():
        newest = max(rule.since for rule in LIMITS if rule.key == key)
        found = due(key, max(newest, day("2026-07-06")), SEED)
        lines = derivation(found)
        assert key not in " ".join(lines) and f"({key})" in derivation(found, keyed=True)[0]
        assert any(line.startswith("Căn cứ: ") for line in lines) and any(
            line.startswith("Ngày cuối: ") for line in lines
        )


def test_the_calendar_agrees_with_a_peer_but_for_the_swaps_it_lacks():
    theirs = peer.country_holidays("VN", years=[2024, 2025, 2026])
    lacks = {day("2026-01-02")}  # văn bản 12729/VPCP-KGVX swaps it for Saturday 10/1/2026; the library does not know
    for year in (2024, 2025, 2026):
        for off in SEED.years[year].days_off:
            assert off in theirs or off in lacks, off
            assert off.weekday() < 5
        for worked in SEED.years[year].days_worked:
            assert worked.weekday() == 5


def test_a_changed_holiday_changes_the_day():
    years = dict(SEED.years)
    years[2026] = Year(official=True, days_off=SEED.years[2026].days_off - {day("2026-11-24")})
    assert due("complaint.accept", day("2026-11-20"), Calendar(years)).text == "2026-12-01"


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "reviewing"),
        ({"accepted_on": "2026-01-05"}, "accepted"),
        ({"accepted_on": "2026-01-05", "suspended": True}, "suspended"),
        ({"refused_on": "2026-01-05"}, "refused"),
        ({"accepted_on": "2026-01-05", "withdrawn_on": "2026-01-06"}, "withdrawn"),
        ({"accepted_on": "2026-01-05", "discontinued_on": "2026-01-06", "suspended": True}, "discontinued"),
        ({"accepted_on": "2026-01-05", "decided_on": "2026-01-06"}, "decided"),
        ({"accepted_on": "2026-01-05", "removed": True}, "removed"),
        ({"accepted_on": "2026-01-05", "decided_on": "2026-01-06", "finished_on": "2026-02-06"}, "finished"),
    ],
)
def test_state_follows_from_dates(facts, state):
    assert (
        case_state(CaseFacts(**{key: day(value) if isinstance(value, str) else value for key, value in facts.items()}))
        == state
    )


ENDINGS = {"withdraw", "withdraw_part", "discontinue", "decide"}


@pytest.mark.parametrize(
    ("state", "kind", "steps"),
    [
        (
            "reviewing",
            "complaint",
            {*["merge", "remove", "accept", "refuse", "close", "withdraw", "withdraw_part", "discontinue"]},
        ),
        ("accepted", "complaint", {"remove", "extend", "suspend", "verify", "tell", "close", *ENDINGS}),
        ("accepted", "reflection", {"remove", "verify", "close", *ENDINGS}),
        (
            "suspended",
            "denunciation",
            {"remove", "verify", "resume", "tell", "close", "withdraw", "withdraw_part", "discontinue"},
        ),
        ("decided", "denunciation", {"tell", "send", "execute", "finish", "close"}),
        ("refused", "complaint", set()),
        ("closed", "complaint", set()),
        ("finished", "complaint", {"tell", "send"}),
        ("finished", "reflection", {"send"}),
        ("discontinued", "denunciation", {"tell"}),
    ],
)
def test_steps_a_case_allows(state, kind, steps):
    assert {rule.key for rule in allowed("case", state, kind)} == steps


@pytest.mark.parametrize(
    ("state", "kind", "first"),
    [("reviewing", "complaint", "accept"), ("accepted", "complaint", "tell"), ("accepted", "reflection", "decide")]
    + [("suspended", "denunciation", "resume"), ("decided", "complaint", "tell"), ("refused", "complaint", None)],
)
def test_the_step_that_leads_on_stands_out_and_what_may_happen_stands_apart(state, kind, first):
    keys = [rule.key for rule in allowed("case", state, kind)]
    assert foremost(keys) == first
    assert not {"extend", "suspend", "withdraw", "withdraw_part", "discontinue"} - APART
    assert first not in APART


def test_every_step_quotes_its_basis():
    for rule in STEPS:
        for kind in rule.kinds:
            assert rule.basis_for(kind), (rule.key, kind)


@pytest.mark.parametrize(
    ("kind", "criteria", "remote", "found"),
    [
        ("complaint", [], False, set()),
        ("complaint", [3], True, {"complex", "remote"}),
        ("complaint", [1, 2], False, {"complex"}),
        ("denunciation", [1], False, {"complex"}),
        ("denunciation", [1, 2], False, {"complex", "very_complex"}),
    ],
)
def test_complexity_follows_from_the_criteria(kind, criteria, remote, found):
    assert flags(kind, criteria, remote) == found


@pytest.mark.parametrize(
    ("kind", "signatories", "answers", "proposed"),
    [
        (
            "complaint",
            "one",
            {"readable": True, "signed": True, "settled": False, "competent": True},
            (True, True, "accept"),
        ),
        (
            "complaint",
            "one",
            {"readable": True, "signed": True, "copies": True, "settled": False, "competent": True},
            (True, True, "accept"),
        ),
        (
            "complaint",
            "one",
            {"readable": True, "signed": True, "copies": False, "settled": False, "competent": False, "overdue": False},
            (True, False, "guide"),
        ),
        (
            "complaint",
            "one",
            {"readable": True, "signed": True, "copies": True, "settled": False, "competent": False, "overdue": False},
            (False, False, "file"),
        ),
        (
            "complaint",
            "one",
            {"readable": True, "signed": True, "settled": False, "competent": False, "overdue": True},
            (False, False, "urge"),
        ),
        ("complaint", "one", {"readable": True, "signed": False, "ours_to_complete": False}, (False, False, "return")),
        ("complaint", "one", {"readable": True, "signed": False, "ours_to_complete": True}, (False, False, "guide")),
        ("complaint", "none", {}, (False, False, "file")),
        (
            "complaint",
            "none",
            {"readable": True, "signed": True, "named": True, "competent": True},
            (False, False, "file"),
        ),
        (
            "denunciation",
            "none",
            {"readable": True, "danger": False, "concrete": True, "inspectable": True},
            (False, False, "inspect"),
        ),
        (
            "denunciation",
            "none",
            {"readable": True, "danger": False, "concrete": True, "inspectable": False},
            (True, False, "forward"),
        ),
        (
            "denunciation",
            "one",
            {"readable": True, "danger": False, "named": False, "concrete": True, "inspectable": True},
            (False, False, "inspect"),
        ),
        ("denunciation", "none", {"readable": True, "danger": False, "concrete": False}, (False, False, "file")),
        (
            "denunciation",
            "one",
            {
                "readable": True,
                "danger": False,
                "named": True,
                "copies": False,
                "concluded": False,
                "competent": False,
                "overdue": False,
            },
            (True, False, "forward"),
        ),
        (
            "denunciation",
            "many",
            {"readable": True, "danger": False, "named": True, "copies": True, "concluded": False, "competent": True},
            (True, True, "accept"),
        ),
        (
            "denunciation",
            "one",
            {
                "readable": True,
                "danger": False,
                "named": True,
                "copies": True,
                "concluded": False,
                "competent": False,
                "overdue": False,
            },
            (False, False, "file"),
        ),
        ("reflection", "one", {"readable": True, "answered": False, "competent": True}, (True, True, "accept")),
    ],
)
def test_the_questions_lead_to_a_proposal_that_the_forms_can_count(kind, signatories, answers, proposed):
    _, step = walk(kind, signatories, answers, day("2026-10-05"))
    assert isinstance(step, Proposal)
    assert (step.eligible, step.competent, step.direction) == proposed
    assert step.direction in directions(step.eligible, step.competent)
    assert step.article and step.reason


def test_one_question_at_a_time_each_with_its_article():
    asked, step = walk("denunciation", "one", {"readable": True}, day("2026-10-05"))
    assert [question.key for question in asked] == ["readable"]
    assert isinstance(step, Question) and step.key == "danger" and "Điều 16" in step.article


def test_imminent_damage_marks_the_proposal_urgent():
    _, step = walk(
        "denunciation",
        "none",
        {"readable": True, "danger": True, "concrete": True, "inspectable": True},
        day("2026-10-05"),
    )
    assert isinstance(step, Proposal) and step.urgent


def test_forms_are_sound():
    for form in FORMS:
        numbers = [column.number for column in form.columns]
        assert numbers == list(range(1, len(numbers) + 1)) and form.note_column == len(numbers) + 1
        for rule in form.sums:
            assert {rule.total, *rule.parts} <= set(numbers)


@pytest.mark.parametrize(
    ("end", "named"),
    [("2025-09-29", "01/2024/TT-TTCP"), ("2023-12-14", "02/2021/TT-TTCP"), ("2020-12-14", "02/2021/TT-TTCP")],
)
def test_a_period_under_an_older_circular_is_refused_by_its_name(end, named):
    with pytest.raises(NoSuchForm, match=named):
        find_form("02/XLD", day(end))


def test_the_circular_in_force_is_the_one_of_the_last_day():
    assert circular_on(day("2025-09-30")).number == "06/2025/TT-TTCP"
    assert find_form("02/XLD", day("2025-12-14"), "06/2025").key == "02/XLD"
    with pytest.raises(NoSuchForm):
        find_form("02/XLD", day("2026-03-14"), "01/2024/TT-TTCP")
    with pytest.raises(NoSuchForm, match="01/TCD"):
        find_form("09/XYZ", day("2026-03-14"))


def test_a_broken_sum_bound_and_cross_rule_are_named():
    processing, complaints = (next(form for form in FORMS if form.key == key) for key in ("02/XLD", "03/GQKN"))
    row = dict.fromkeys(processing.numbers, 0)
    assert check_form(processing, {"U": row}) == []
    broken = check_form(processing, {"U": row | {"3": 5, "4": 4}})
    assert {item.rule for item in broken} == {"cột 3 = 4 + 23", "cột 4 = 6 + 12 + 19", "cột 3 ≤ cột 2"}
    other = {"U": dict.fromkeys(complaints.numbers, 0) | {"1": 2}}
    cross = check_cross({"02/XLD": (processing, {"U": row}), "03/GQKN": (complaints, other)})
    assert [item.rule for item in cross] == ["Biểu 03/GQKN cột 1 = Biểu 02/XLD cột 6"]


def test_the_reporting_year_runs_from_15_december():
    assert current_quarter(day("2026-11-21")).key == "q4"
    assert current_quarter(day("2026-12-15")).name == "Quý I/2027"
    quarters = periods_of(2026)[:4]
    for one, following in zip(quarters, quarters[1:], strict=False):
        assert following.start == one.end + timedelta(days=1)


def test_outcomes_of_each_kind():
    assert outcomes("complaint", 2) == ("upheld", "amended")
    assert outcomes("denunciation", 2) == ("true", "partly", "false")
    assert {code for kind in terms.codes("kind") for instance in (1, 2) for code in outcomes(kind, instance)} == set(
        terms.codes("outcome")
    )


def test_the_glossary_has_both_languages():
    for group, entries in terms.TERMS.items():
        for code, (vietnamese, english) in entries.items():
            assert vietnamese and english, (group, code)


@pytest.mark.parametrize(
    ("key", "kind", "on", "known"),
    [
        ("suspend", "complaint", "2026-06-30", False),
        ("suspend", "complaint", "2026-07-01", True),
        ("resume", "complaint", "2026-06-30", False),
        ("suspend", "denunciation", "2026-06-30", True),
        ("decide", "complaint", "2015-01-01", True),
        ("discontinue", "complaint", "2026-06-30", False),
        ("discontinue", "complaint", "2026-07-01", True),
        ("discontinue", "denunciation", "2026-06-30", True),
        ("withdraw", "complaint", "2026-06-30", True),
    ],
)
def test_a_step_exists_from_the_day_the_law_brought_it(key, kind, on, known):
    rule = next(rule for rule in STEPS if rule.key == key)
    assert rule.in_force(kind, day(on)) == known


def test_questions_are_dated_and_in_order():
    days = [since for since, _ in VERSIONS]
    assert days == sorted(set(days))
    assert questions_on("complaint", day("2015-01-01")) == questions_on("complaint", day("2026-11-01"))


@pytest.mark.parametrize(
    ("written", "group"),
    [(Kind, "kind"), (Direction, "direction"), (PetitionState, "petition_state"), (CaseState, "case_state")],
)
def test_what_a_column_may_hold_is_what_the_glossary_has(written, group):
    assert get_args(written) == codes(group)
