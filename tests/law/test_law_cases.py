"""Rules of law on what happens between acceptance and the end of execution, as tables."""

from datetime import date

import pytest

from app.explain import derivation
from app.law import terms
from app.law.clocks import CaseFacts, Issued, Settling, case_clocks, case_state
from app.law.deadlines import Suspension, due
from app.law.execution import PAIRS, beyond, still_open
from app.law.extensions import Extension, troubles
from app.law.grounds import DISCONTINUE, GROUNDS, SIGNS, SUSPEND, find_ground
from app.law.holidays import SEED
from app.law.steps import LAW_136


def day(text):
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("criteria", "decided", "last_day", "why"),
    [
        ([], [], "2026-04-01", "30"),
        (
            [1],
            None,
            "2026-05-04",
            "an older file: one criterion counts as one decision of 30; 1/5 is a holiday, 2 and 3/5 a weekend",
        ),
        ([1, 2], None, "2026-06-01", "an older file: two criteria, two decisions; 31/5 is a Sunday"),
        ([1, 2], [], "2026-04-01", "criteria without a decision extend nothing"),
        ([1, 2], [30], "2026-05-04", "two criteria and one decision give 60"),
        ([1], [20], "2026-04-21", "30 + 20"),
        ([1, 2], [30, 30], "2026-06-01", "90"),
        ([1, 2], [10, 5], "2026-04-16", "30 + 10 + 5"),
        (
            [1],
            [25],
            "2026-04-28",
            "ends on 26/4, Giỗ Tổ on a Sunday, made up for on Monday: moved once, at the very end",
        ),
    ],
)
def test_a_denunciation_ends_by_its_decisions(criteria, decided, last_day, why):
    extended_by = None if decided is None else sum(decided)
    facts = CaseFacts(accepted_on=day("2026-03-02"), extended_by=extended_by)
    (clock,) = case_clocks("denunciation", 1, facts, Settling(criteria))
    found = due(clock.rule, clock.start, SEED, clock.flags, clock.suspensions, more_days=clock.more_days)
    assert found.text == last_day, why
    assert bool(extended_by) == any("Gia hạn: thêm" in line for line in derivation(found))


def test_days_of_suspension_and_of_extension_add_up():
    pauses = [Suspension(day("2026-03-10"), day("2026-03-20"))]
    assert due("denunciation.settle", day("2026-03-02"), SEED, (), pauses, more_days=20).text == "2026-05-04"


def test_a_complaint_has_no_extension():
    facts = CaseFacts(accepted_on=day("2026-08-03"), extended_by=30)
    (clock,) = case_clocks("complaint", 1, facts, Settling([3]))
    assert (clock.flags, clock.more_days) == ({"complex"}, 0)


LIMIT = day("2026-04-01")
FIRST = Extension(day("2026-03-20"), 30, (1,))


@pytest.mark.parametrize(
    ("new", "earlier", "fields"),
    [
        (("2026-03-20", 30, (1,)), [], []),
        (("2026-04-01", 1, (1,)), [], []),
        (("2026-04-02", 30, (1,)), [], ["on"]),
        (("2026-03-20", 31, (1,)), [], ["days"]),
        (("2026-03-20", 0, (1,)), [], ["days"]),
        (("2026-03-20", 30, ()), [], ["criteria"]),
        (("2026-03-25", 30, (1,)), [FIRST], ["criteria"]),
        (("2026-03-25", 30, (1, 1)), [FIRST], ["criteria"]),
        (("2026-03-25", 30, (1, 2)), [FIRST], []),
        (("2026-03-19", 30, (1, 2)), [FIRST], ["on"]),
        (("2026-03-25", 30, (1, 2)), [FIRST, FIRST], ["on"]),
    ],
)
def test_a_decision_to_extend(new, earlier, fields):
    on, days, criteria = new
    assert [trouble.field for trouble in troubles(Extension(day(on), days, criteria), earlier, LIMIT)] == fields


@pytest.mark.parametrize(
    ("kind", "issued_on", "last_day"),
    [("complaint", "2026-08-28", "2026-09-07"), ("denunciation", "2026-08-28", "2026-09-09")],
)
def test_whoever_is_concerned_is_told_in_three_or_five_working_days(kind, issued_on, last_day):
    facts = CaseFacts(
        accepted_on=day("2026-08-03"),
        to_tell=(Issued(day(issued_on)), Issued(day("2026-08-10"), day("2026-08-11"))),
        extended_by=0,
    )
    _, told, waiting = case_clocks(kind, 1, facts, Settling())
    assert told.done == day("2026-08-11") and waiting.done is None
    assert due(waiting.rule, waiting.start, SEED).text == last_day


def test_a_result_is_sent_by_sending_it():
    facts = CaseFacts(accepted_on=day("2026-08-03"), decided_on=day("2026-08-28"), finished_on=day("2026-08-28"))
    assert [clock.done for clock in case_clocks("denunciation", 1, facts, Settling())] == [day("2026-08-28"), None]


@pytest.mark.parametrize(
    ("on", "state"),
    [("2026-09-28", "decided"), ("2026-09-29", "finished"), ("2026-09-30", "finished"), (None, "finished")],
)
def test_what_is_finished_on_a_day_to_come_is_not_finished_yet(on, state):
    facts = CaseFacts(accepted_on=day("2026-08-03"), decided_on=day("2026-08-28"), finished_on=day("2026-09-29"))
    assert case_state(facts, day(on)) == state


def test_every_ground_has_its_article_its_words_and_the_day_of_its_step():
    for ground in GROUNDS:
        group = {SUSPEND: "suspension_ground", DISCONTINUE: "discontinuation_ground"}[ground.act]
        assert ground.code in terms.codes(group) and ground.article and ground.since == LAW_136[ground.kind]
    assert {ground.code for ground in GROUNDS} == {
        *terms.codes("suspension_ground"),
        *terms.codes("discontinuation_ground"),
    }
    assert set(SIGNS) == set(terms.codes("withdrawal_sign"))
    assert (
        find_ground(
            SUSPEND,
            "complaint",
            "expertise",
        )
        is None
        and find_ground(SUSPEND, "reflection", "obstacle") is None
    )


@pytest.mark.parametrize(
    ("decided", "entries", "too_much", "left"),
    [
        ({"state_money": 10}, [{"state_money": 4}, {"state_money": 6}], [], []),
        ({"state_money": 10}, [{"state_money": 4}, {"state_money": 7}], ["state_money"], []),
        ({"state_money": 10}, [{"state_money": 4}], [], ["state_money"]),
        ({}, [{"people_prosecuted": 1}], ["people_prosecuted"], []),
        ({"people_to_discipline": 2}, [{"people_disciplined": 1}], [], ["people_disciplined"]),
        ({"individuals_restored": 2}, [], [], []),
    ],
)
def test_executed_against_recommended(decided, entries, too_much, left):
    assert beyond(decided, entries) == too_much and still_open(decided, entries) == left
    assert len(PAIRS) == 10
