"""Rules of law about petitions as tables: the order of the questions, what a finding may be, clocks, words, and whose
law is cited.
"""

from datetime import date
from itertools import product

import pytest
import yaml

from app.law import terms
from app.law.classify import AGAIN, VERSIONS, Proposal, Question, walk
from app.law.clocks import DUTY, CaseFacts, Clock, PetitionFacts, about_discipline, case_periods, petition_clocks
from app.law.deadlines import due
from app.law.holidays import SEED
from app.law.limits import LIMITS
from app.law.processing import acceptable, misplaced, objection
from app.law.profiles import PROFILES
from app.law.rule import DAYS, WORKING
from app.law.secrecy import basis_on
from app.law.sources import ACTS, cite
from app.law.steps import STEPS, directions, step_label
from tests.conftest import DATA

KINDS = ("complaint", "denunciation", "reflection")
INSTANCES = (1, 2)
OURS = (True, True)
NOT_OURS = (True, False)
UNFIT = (False, False)


def day(text: str) -> date:
    return date.fromisoformat(text)


def every_walk(kind, signatories, received="2026-10-05", source="post", instance=1):
    """Every way to answer: the questions asked, the answers, the proposal."""

    def go(answers):
        asked, step = walk(kind, signatories, answers, day(received), source, instance)
        if isinstance(step, Proposal):
            yield asked, answers, step
        else:
            for answer in (True, False):
                yield from go(answers | {step.key: answer})

    yield from go({})


WAYS = [
    (kind, signatories, source, instance)
    for kind, signatories, source, instance in product(
        KINDS, ("one", "many", "none"), ("post", "reception", "forwarded", "online"), INSTANCES
    )
]


@pytest.mark.parametrize(("kind", "signatories", "source", "instance"), WAYS)
def test_whatever_is_answered_the_proposal_is_allowed_and_counted(kind, signatories, source, instance):
    for asked, _, step in every_walk(kind, signatories, source=source, instance=instance):
        assert objection(kind, signatories, source, step.eligible, step.competent, step.direction) is None
        assert step.direction in directions(step.eligible, step.competent) and step.article and step.reason
        assert len({question.key for question in asked}) == len(asked)
        assert acceptable(kind, signatories) or step.direction != "accept"


@pytest.mark.parametrize(("kind", "signatories", "source", "instance"), WAYS)
def test_copies_and_earlier_guidance_are_asked_only_of_what_is_not_ours(kind, signatories, source, instance):
    for asked, answers, _ in every_walk(kind, signatories, source=source, instance=instance):
        keys = [question.key for question in asked]
        if "copies" in keys:
            assert keys.index("competent") < keys.index("copies") and answers["competent"] is False
            assert keys.index("readable") < keys.index("competent")


def test_anonymous_complaints_are_filed_whatever_is_said_of_them():
    asked, step = walk("complaint", "none", {"named": True, "readable": True, "competent": True}, day("2026-10-05"))
    assert not asked and (step.eligible, step.competent, step.direction) == (False, False, "file")


@pytest.mark.parametrize(
    ("signatories", "source", "direction"),
    [
        ("one", "post", "forward"),
        ("one", "reception", "guide"),
        ("many", "reception", "guide"),
        ("one", "online", "forward"),
    ],
)
def test_a_denunciation_that_is_not_ours_is_forwarded_unless_the_denouncer_is_there(signatories, source, direction):
    answers = {
        "readable": True,
        "danger": False,
        "named": True,
        "concluded": False,
        "competent": False,
        "overdue": False,
        "copies": False,
    }
    _, step = walk("denunciation", signatories, answers, day("2026-10-05"), source)
    assert (step.eligible, step.competent, step.direction) == (True, False, direction) and "24.2" in step.article


@pytest.mark.parametrize(
    ("answers", "proposed", "article"),
    [
        ({"competent": True, "unsettled": False, "grounds": False}, (False, False, "file"), "Điều 37"),
        ({"competent": True, "unsettled": False, "grounds": True}, (True, True, "accept"), "Điều 37"),
        ({"competent": True, "unsettled": True}, (False, False, "urge"), "Điều 38"),
        ({"competent": False, "copies": False}, (True, False, "forward"), "Điều 24.2"),
    ],
)
def test_a_continued_denunciation_is_reviewed_not_processed_anew(answers, proposed, article):
    _, step = walk(
        "denunciation",
        "one",
        {"readable": True, "danger": False, "named": True} | answers,
        day("2026-10-05"),
        instance=2,
    )
    assert (
        isinstance(step, Proposal)
        and (step.eligible, step.competent, step.direction) == proposed
        and article in step.article
    )


@pytest.mark.parametrize(
    ("kind", "signatories", "source", "finding", "direction", "field"),
    [
        ("complaint", "none", "post", OURS, "accept", "competent"),
        ("complaint", "none", "post", NOT_OURS, "forward", "eligible"),
        ("complaint", "none", "post", UNFIT, "return", "direction"),
        ("complaint", "none", "post", UNFIT, "guide", "direction"),
        ("complaint", "none", "post", UNFIT, "file", None),
        ("complaint", "one", "post", UNFIT, "guide", None),
        ("complaint", "one", "post", UNFIT, "urge", None),
        ("complaint", "one", "post", UNFIT, "inspect", "direction"),
        ("complaint", "one", "post", UNFIT, "accept", "direction"),
        ("denunciation", "none", "post", OURS, "accept", "competent"),
        ("denunciation", "none", "post", UNFIT, "inspect", None),
        ("denunciation", "none", "post", UNFIT, "return", "direction"),
        ("denunciation", "none", "reception", NOT_OURS, "guide", "direction"),
        ("denunciation", "none", "post", NOT_OURS, "forward", None),
        ("denunciation", "one", "post", NOT_OURS, "guide", "direction"),
        ("denunciation", "one", "post", UNFIT, "guide", "direction"),
        ("denunciation", "one", "reception", NOT_OURS, "guide", None),
        ("denunciation", "one", "post", UNFIT, "inspect", None),
        ("reflection", "none", "post", OURS, "accept", None),
        ("reflection", "one", "post", NOT_OURS, "guide", None),
        ("reflection", "one", "post", UNFIT, "inspect", "direction"),
    ],
)
def test_what_a_finding_on_a_screen_may_be(kind, signatories, source, finding, direction, field):
    found = objection(kind, signatories, source, *finding, direction)
    assert (found[1] if found else None) == field


def test_inspection_counts_only_as_handled():
    assert "inspect" in directions(False, False) and "inspect" not in directions(True, False) + directions(True, True)


@pytest.mark.parametrize(
    ("petition", "field"),
    [
        ({"kind": "complaint", "instance": 1, "many_places": True}, "many_places"),
        ({"kind": "denunciation", "instance": 1, "many_places": True}, None),
        ({"kind": "denunciation", "instance": 1, "discipline": "dismissal"}, "discipline"),
        ({"kind": "complaint", "instance": 2, "discipline": "discipline"}, None),
        ({"kind": "complaint", "instance": 1, "previous_decision": {"number": "1"}}, "previous_decision"),
        ({"kind": "reflection", "instance": 2, "previous_decision": {"number": "1"}}, "previous_decision"),
        ({"kind": "complaint", "instance": 2, "previous_decision": {"on": day("2026-10-06")}}, "previous_decision.on"),
        ({"kind": "denunciation", "instance": 2, "previous_decision": {"on": day("2026-10-05")}}, None),
    ],
)
def test_what_a_petition_may_say_of_itself(petition, field):
    found = misplaced({"received_on": day("2026-10-05"), **petition})
    assert (found[1] if found else None) == field


@pytest.mark.parametrize(
    ("facts", "rule", "last_day"),
    [
        ({"kind": "complaint", "instance": 1}, "complaint.accept", "2026-10-14"),
        ({"kind": "complaint", "instance": 2}, "complaint.accept.second", "2026-10-14"),
        ({"kind": "complaint", "instance": 1, "discipline": "discipline"}, "discipline.accept", "2026-10-14"),
        ({"kind": "complaint", "instance": 2, "discipline": "dismissal"}, "discipline.accept", "2026-10-14"),
        ({"kind": "denunciation", "instance": 1}, "denunciation.process", "2026-10-14"),
        ({"kind": "denunciation", "instance": 1, "many_places": True}, "denunciation.process", "2026-10-19"),
        ({"kind": "denunciation", "instance": 1, "passed_on": True}, "denunciation.forward", "2026-10-12"),
        (
            {"kind": "denunciation", "instance": 1, "passed_on": True, "many_places": True},
            "denunciation.forward",
            "2026-10-12",
        ),
        ({"kind": "denunciation", "instance": 2}, "denunciation.review", "2026-10-26"),
        ({"kind": "denunciation", "instance": 2, "passed_on": True}, "denunciation.forward", "2026-10-12"),
        ({"kind": "reflection", "instance": 1}, "reflection.process", "2026-10-19"),
    ],
)
def test_the_clock_of_a_petition_is_that_of_what_it_is(facts, rule, last_day):
    clock, neglected = petition_clocks(PetitionFacts(received_on=day("2026-10-05"), **facts))
    assert clock.rule == rule and clock.sort == DUTY and due(rule, clock.start, SEED, clock.flags).text == last_day
    assert neglected.rule == "petition.neglected" and neglected.sort != DUTY and neglected.start == day("2026-10-05")


def test_a_complaint_about_discipline_is_settled_as_the_first_time_at_either_instance():
    clocks = [
        Clock(rule, day("2026-10-05"), None)
        for rule in ("complaint.settle.first", "complaint.settle.second", "complaint.send.second")
    ]
    assert [clock.rule for clock in about_discipline(clocks)] == [
        "discipline.settle",
        "discipline.settle",
        "complaint.send.second",
    ]


@pytest.mark.parametrize(
    ("kind", "instance", "facts", "discipline", "expired", "rules"),
    [
        ("complaint", 1, {"accepted_on": "2026-07-01"}, False, None, []),
        ("complaint", 1, {"accepted_on": "2026-07-01"}, False, "2026-07-31", ["complaint.appeal"]),
        ("complaint", 1, {"accepted_on": "2026-07-01"}, True, "2026-07-31", []),
        ("complaint", 2, {"accepted_on": "2026-07-01"}, False, "2026-08-17", []),
        ("complaint", 1, {"accepted_on": "2026-07-01", "decided_on": "2026-07-20"}, False, None, ["complaint.effect"]),
        (
            "complaint",
            2,
            {"accepted_on": "2026-07-01", "decided_on": "2026-07-20"},
            False,
            None,
            ["complaint.effect", "complaint.publish.second"],
        ),
        ("denunciation", 1, {"accepted_on": "2026-07-01"}, False, "2026-07-31", ["denunciation.notify"]),
        (
            "denunciation",
            1,
            {"accepted_on": "2026-07-01", "decided_on": "2026-07-20"},
            False,
            None,
            ["denunciation.notify", "denunciation.act", "denunciation.publish"],
        ),
        ("reflection", 1, {"accepted_on": "2026-07-01", "decided_on": "2026-07-20"}, False, None, []),
    ],
)
def test_periods_that_run_beside_a_case(kind, instance, facts, discipline, expired, rules):
    dates = {name: day(value) for name, value in facts.items()}
    found = case_periods(kind, instance, CaseFacts(**dates), True, discipline, day(expired) if expired else None)
    assert [clock.rule for clock in found] == rules and all(clock.sort != DUTY for clock in found)


def test_a_decision_on_discipline_takes_effect_after_thirty_days_wherever_it_is():
    facts = CaseFacts(accepted_on=day("2026-07-01"), decided_on=day("2026-07-20"))
    ends = [case_periods("complaint", 1, facts, True, discipline, None)[0] for discipline in (False, True)]
    assert [due(clock.rule, clock.start, SEED, clock.flags).rule.limit for clock in ends] == [45, 30]


# The superior's part of 5 + 5 working days; the table written apart has the other part only.
OVERDUE = {
    "key": "denunciation.overdue.demand",
    "limit": 5,
    "unit": "WD",
    "starts": "received",
    "since": date(2019, 1, 1),
    "source": "Luật Tố cáo 2018, Điều 38.2",
}


def test_the_table_of_limits_equals_the_one_written_apart():
    units = {DAYS: "CD", WORKING: "WD"}
    ours = {
        (rule.key, rule.when, rule.since): (rule.limit, units[rule.unit], rule.starts, rule.until, rule.doubt)
        for rule in LIMITS
    }
    rows = [*yaml.safe_load((DATA / "deadlines.yaml").read_text(encoding="utf-8")), OVERDUE]
    theirs = {
        (row["key"], frozenset(row.get("when", ())), row["since"]): (
            row["limit"],
            row["unit"],
            row["starts"],
            row.get("until"),
            row.get("doubt", False),
        )
        for row in rows
    }
    assert ours == theirs and len(LIMITS) == len(rows) == len(theirs)
    sources = {(rule.key, rule.when, rule.since): rule.source for rule in LIMITS}
    for row in rows:
        assert sources[row["key"], frozenset(row.get("when", ())), row["since"]].startswith(
            row["source"].split(" (")[0]
        )


def test_every_limit_and_every_event_has_a_name():
    assert {rule.key for rule in LIMITS} == set(terms.codes("deadline")) and {rule.starts for rule in LIMITS} == set(
        terms.codes("event")
    )


DAYS_OF_LAW = (
    "2013-03-01",
    "2016-03-01",
    "2019-02-01",
    "2020-03-01",
    "2021-06-01",
    "2025-06-01",
    "2026-03-15",
    "2026-07-01",
)


@pytest.mark.parametrize("on", DAYS_OF_LAW)
def test_nothing_asked_or_done_cites_an_act_that_was_not_there_yet(on):
    later = [act.mark for act in ACTS if act.since > day(on)]
    cited = [basis_on(day(on))]
    for kind, instance in product(KINDS, INSTANCES):
        for asked, _, step in every_walk(kind, "one", on, instance=instance):
            cited += [question.article for question in asked] + [step.article]
        cited += [
            rule.basis_for(kind, day(on)) for rule in STEPS if kind in rule.kinds and rule.in_force(kind, day(on))
        ]
    cited += [cite(rule.source, day(on)) for rule in LIMITS if rule.in_force(day(on))]
    assert all(cited) and not [text for text in cited for mark in later if mark in text]


@pytest.mark.parametrize(
    ("text", "on", "reads"),
    [
        ("Nghị định 154/2026, Điều 4.1", "2025-06-01", "Nghị định 64/2014"),
        ("Nghị định 154/2026, Điều 4.1", "2026-07-01", "Nghị định 154/2026, Điều 4.1"),
        (
            "Luật Khiếu nại, Điều 10; Nghị định 155/2026, Điều 5",
            "2025-06-01",
            "Luật Khiếu nại, Điều 10; Nghị định 124/2020",
        ),
        (
            "Thông tư 05/2021/TT-TTCP, Điều 6; Luật Khiếu nại, Điều 8",
            "2020-06-01",
            "Thông tư 07/2014/TT-TTCP; Luật Khiếu nại, Điều 8",
        ),
        ("Luật Tố cáo 2018, Điều 24.1", "2018-12-31", "Luật Tố cáo 2011"),
        ("Nghị định 124/2020, Điều 3a (Nghị định 155/2026)", "2019-06-01", "Nghị định 75/2012"),
    ],
)
def test_a_citation_reads_as_on_its_day(text, on, reads):
    assert cite(text, day(on)) == reads


def test_secrecy_rests_on_the_law_of_the_day():
    assert "29/2018" in basis_on(day("2026-02-28")) and "117" not in basis_on(day("2026-02-28"))
    assert "117/2025/QH15" in basis_on(day("2026-03-01")) and "29/2018" not in basis_on(day("2026-03-01"))


@pytest.mark.parametrize(
    ("key", "kind", "label"),
    [
        ("decide", "complaint", "Ban hành quyết định giải quyết khiếu nại"),
        ("decide", "denunciation", "Ban hành kết luận nội dung tố cáo"),
        ("decide", "reflection", "Trả lời kiến nghị, phản ánh"),
        ("extend", "complaint", "Xác định vụ việc phức tạp"),
        ("extend", "denunciation", "Gia hạn"),
        ("execute", "complaint", "Ghi kết quả thi hành quyết định"),
        ("finish", "denunciation", "Kết thúc thực hiện kết luận"),
        ("accept", "complaint", "Thụ lý"),
        ("import", "denunciation", "Nhập từ tệp"),
    ],
)
def test_a_step_is_called_what_it_is_for_that_kind(key, kind, label):
    assert step_label(key, kind=kind) == label and step_label(key, "en", kind)


def test_a_denunciation_has_no_instances_only_a_continuation():
    assert [terms.matter("denunciation", instance) for instance in INSTANCES] == ["Tố cáo", "Tố cáo tiếp"]
    assert [terms.matter("complaint", instance) for instance in INSTANCES] == ["Khiếu nại lần đầu", "Khiếu nại lần hai"]
    questions = [question.text for _, version in VERSIONS for question in version[AGAIN]]
    assert not [text for text in questions if "lần" in text]
    for state in terms.codes("case_state"):
        assert "thi hành" not in terms.term_of_kind("case_state", state, "denunciation")


def test_a_question_is_asked_one_at_a_time_of_what_is_not_ours():
    answers = {
        "readable": True,
        "danger": False,
        "named": True,
        "concluded": False,
        "competent": False,
        "overdue": False,
    }
    _, step = walk("denunciation", "one", answers, day("2025-06-01"))
    assert isinstance(step, Question) and step.key == "copies" and step.article == "Luật Tố cáo 2018, Điều 24.3"


def test_the_partys_profile_says_what_is_not_known_of_its_rules():
    party = PROFILES["party"]
    assert (
        party.anonymous_may_go_to_inspection
        and not party.deadlines_known
        and any("21-QĐ/TW" in gap for gap in party.unknown)
    )
