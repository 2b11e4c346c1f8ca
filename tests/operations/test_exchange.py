"""Exchange files: whole or not at all; every refusal with its line and field; export is the inverse of import."""

import io
import json
import unicodedata
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from app.models import Case, Deadline, Petition, Unit
from app.operations.content import FORMER, read_people, rewrite_body
from app.operations.documents.documents import new_document, purpose_of
from app.operations.exchange.file_in import import_file
from app.operations.exchange.file_out import export_unit
from app.operations.refusal import Refused
from app.operations.units import find_unit
from app.security.sealed import seal
from tests.conftest import DATA, case_record, copied, petition_record

UNITS = [
    {"type": "unit", "code": "P", "name": "Tỉnh", "level": "province"},
    {"type": "unit", "code": "P.1", "name": "Sở", "level": "department", "parent": "P"},
]
DECISION = {"on": "2026-03-01", "number": "01/QĐ", "outcome": "justified"}


def accepted(**values):
    return case_record("C1", "P.1", accepted_on="2026-02-01", **values)


def denounced(**values):
    return accepted(kind="denunciation", **values)


def extension(**values):
    return {"on": "2026-02-20", "number": "01/QĐ", "days": 30, "criteria": [1], **values}


def processed(**values):
    return {"on": "2026-10-06", "eligible": True, "competent": True, "direction": "accept", **values}


@pytest.fixture
def load(installation, tmp_path):
    def run(*records, commit=False):
        path = tmp_path / "file.jsonl"
        path.write_text(
            "\n".join(
                record if isinstance(record, str) else json.dumps(record, ensure_ascii=False) for record in records
            ),
            encoding="utf-8",
        )
        with installation.session() as session:
            try:
                report = import_file(session, path)
                if commit:
                    session.commit()
                return report
            finally:
                session.rollback()

    return run


REFUSED = {
    "an unknown field": ([petition_record("1", "P.1", colour="red")], "colour"),
    "an unknown type": ([{"type": "letter"}], "type"),
    "an unknown field deep inside": (
        [petition_record("1", "P.1", petitioners=[{"name": "A", "age": 3}])],
        "petitioners.1.age",
    ),
    "a missing field": (
        [{key: value for key, value in petition_record("1", "P.1").items() if key != "summary"}],
        "summary",
    ),
    "an unknown unit": ([petition_record("1", "X")], "unit"),
    "an unknown receiving unit": (
        [petition_record("1", "P.1", processed=processed(competent=False, direction="forward", to="X"))],
        "processed.to",
    ),
    "an unknown parent": ([{"type": "unit", "code": "Q", "name": "Q", "level": "commune", "parent": "X"}], "parent"),
    "an unknown successor": ([{"type": "unit", "code": "Q", "name": "Q", "level": "commune", "into": "X"}], "into"),
    "a unit overseeing an unknown one": (
        [{"type": "unit", "code": "Q", "name": "Q", "level": "commune", "oversees": "X"}],
        "oversees",
    ),
    "units in a ring": (
        [{"type": "unit", "code": a, "name": a, "level": "commune", "parent": b} for a, b in (("Q", "R"), ("R", "Q"))],
        "parent",
    ),
    "an unknown case": ([petition_record("1", "P.1", processed=processed(), case="X")], "case"),
    "an unknown previous case": ([case_record("C1", "P.1", previous="X")], "previous"),
    "a repeat of what is not there": ([petition_record("1", "P.1", same_as="X")], "same_as"),
    "a repeat of itself": ([petition_record("1", "P.1", same_as="1")], "same_as"),
    "a repeat of another unit's": ([petition_record("1", "P"), petition_record("2", "P.1", same_as="1")], "same_as"),
    "a repeat of another kind": (
        [petition_record("1", "P.1", kind="reflection"), petition_record("2", "P.1", same_as="1")],
        "same_as",
    ),
    "a repeat of a repeat": (
        [
            petition_record("1", "P.1"),
            petition_record("2", "P.1", same_as="1"),
            petition_record("3", "P.1", same_as="2"),
        ],
        "same_as",
    ),
    "a denunciation that repeats one": (
        [
            petition_record("1", "P.1", kind="denunciation"),
            petition_record("2", "P.1", kind="denunciation", same_as="1"),
        ],
        "same_as",
    ),
    "a value outside its list": ([petition_record("1", "P.1", kind="letter")], "kind"),
    "an instance of 3": ([petition_record("1", "P.1", instance=3)], "instance"),
    "a level that is none": ([{"type": "unit", "code": "Q", "name": "Q", "level": "village"}], "level"),
    "a criterion of 8": ([case_record("C1", "P.1", complexity=[8])], "complexity.1"),
    "a date that is none": ([petition_record("1", "P.1", received_on="2026-02-30")], "received_on"),
    "a date in another form": ([petition_record("1", "P.1", received_on="05/10/2026")], "received_on"),
    "a number as text": ([petition_record("1", "P.1", people="1")], "people"),
    "true for a number": ([petition_record("1", "P.1", people=True)], "people"),
    "four decimals": ([accepted(decision=DECISION | {"state_money": 1.2345})], "decision.state_money"),
    "a negative amount": ([accepted(decision=DECISION | {"state_money": -1})], "decision.state_money"),
    "processed before received": ([petition_record("1", "P.1", processed=processed(on="2026-10-04"))], "processed.on"),
    "competent but not accepted": (
        [petition_record("1", "P.1", processed=processed(direction="forward"))],
        "processed.direction",
    ),
    "eligible, not competent, filed": (
        [petition_record("1", "P.1", processed=processed(competent=False, direction="file"))],
        "processed.direction",
    ),
    "competent without eligible": (
        [petition_record("1", "P.1", processed=processed(eligible=False))],
        "processed.competent",
    ),
    "an anonymous denunciation taken up": (
        [petition_record("1", "P.1", kind="denunciation", signatories="none", petitioners=[], processed=processed())],
        "processed.competent",
    ),
    "eligible, not competent, inspected": (
        [petition_record("1", "P.1", processed=processed(competent=False, direction="inspect"))],
        "processed.direction",
    ),
    "competent and inspected": (
        [petition_record("1", "P.1", processed=processed(direction="inspect"))],
        "processed.direction",
    ),
    "discipline of no known sort": ([petition_record("1", "P.1", discipline="warning")], "discipline"),
    "an earlier decision with a field of its own": (
        [petition_record("1", "P.1", instance=2, previous_decision={"by": "A"})],
        "previous_decision.by",
    ),
    "a case of another kind": (
        [case_record("C1", "P.1", kind="denunciation"), petition_record("1", "P.1", processed=processed(), case="C1")],
        "case",
    ),
    "a case of another instance": (
        [case_record("C1", "P.1", instance=2), petition_record("1", "P.1", processed=processed(), case="C1")],
        "case",
    ),
    "a case of another unit": (
        [case_record("C1", "P"), petition_record("1", "P.1", processed=processed(), case="C1")],
        "case",
    ),
    "refused and withdrawn": (
        [case_record("C1", "P.1", refused_on="2026-02-01", withdrawn_on="2026-02-02")],
        "withdrawn_on",
    ),
    "withdrawn and discontinued": (
        [accepted(withdrawn_on="2026-02-01", discontinued_on="2026-02-02")],
        "discontinued_on",
    ),
    "a decision without acceptance": ([case_record("C1", "P.1", decision=DECISION)], "decision.on"),
    "a decision before acceptance": ([accepted(decision=DECISION | {"on": "2026-01-31"})], "decision.on"),
    "an outcome of another kind": ([accepted(decision=DECISION | {"outcome": "true"})], "decision.outcome"),
    "an outcome of another instance": ([accepted(decision=DECISION | {"outcome": "upheld"})], "decision.outcome"),
    "more officials than people to discipline": (
        [accepted(decision=DECISION | {"people_to_discipline": 1, "officials_to_discipline": 2})],
        "decision.officials_to_discipline",
    ),
    "more officials than people to investigate": (
        [accepted(decision=DECISION | {"officials_to_investigate": 1})],
        "decision.officials_to_investigate",
    ),
    "more officials than people disciplined": (
        [
            accepted(
                decision=DECISION,
                execution={"entries": [{"on": "2026-03-02", "people_disciplined": 1, "officials_disciplined": 2}]},
            )
        ],
        "execution.entries.officials_disciplined",
    ),
    "more officials than people prosecuted": (
        [accepted(decision=DECISION, execution={"entries": [{"on": "2026-03-02", "officials_prosecuted": 1}]})],
        "execution.entries.officials_prosecuted",
    ),
    "execution before the decision": (
        [accepted(decision=DECISION, execution={"entries": [{"on": "2026-02-28"}]})],
        "execution.entries.on",
    ),
    "execution after it was finished": (
        [accepted(decision=DECISION, execution={"entries": [{"on": "2026-04-02"}], "finished_on": "2026-04-01"})],
        "execution.entries.on",
    ),
    "a suspension that ends before it starts": (
        [accepted(suspensions=[{"from": "2026-02-10", "to": "2026-02-09"}])],
        "suspensions.to",
    ),
    "a ground of no list": (
        [accepted(suspensions=[{"from": "2026-07-10", "ground": "because"}])],
        "suspensions.1.ground",
    ),
    "an extension without its number": (
        [denounced(extensions=[{"on": "2026-02-20", "days": 30, "criteria": [1]}])],
        "extensions.1.number",
    ),
    "an extension by a criterion of 8": ([denounced(extensions=[extension(criteria=[8])])], "extensions.1.criteria.1"),
    "a paper of withdrawal that is none": (
        [accepted(withdrawn_on="2026-02-10", ending={"paper": "call"})],
        "ending.paper",
    ),
    "an unknown petition of a reception": (
        [
            {
                "type": "reception",
                "id": "R",
                "unit": "P.1",
                "on": "2026-02-01",
                "kind": "regular",
                "people": 1,
                "petition": "X",
            }
        ],
        "petition",
    ),
    "a typed column that is none": (
        [
            {
                "type": "typed_form",
                "form": "06/QLKNTC",
                "unit": "P.1",
                "from": "2026-01-01",
                "to": "2026-02-01",
                "values": {"18": 1},
            }
        ],
        "values.18",
    ),
    "a form that is not typed": (
        [
            {
                "type": "typed_form",
                "form": "02/XLD",
                "unit": "P.1",
                "from": "2026-01-01",
                "to": "2026-02-01",
                "values": {},
            }
        ],
        "form",
    ),
    "not JSON": (["{"], None),
    "a field written twice": (['{"type": "unit", "code": "Q", "code": "R", "name": "Q", "level": "commune"}'], "code"),
    "not a number": ([json.dumps(accepted(decision=DECISION | {"state_money": float("nan")}))], None),
    "the same id with other content": ([petition_record("1", "P.1"), petition_record("1", "P.1", people=2)], "id"),
    "the same case with other content": ([case_record("C1", "P.1"), case_record("C1", "P.1", remote=True)], "case"),
    "the same unit with other content": (
        [{"type": "unit", "code": "P.1", "name": "Khác", "level": "department", "parent": "P"}],
        "code",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_file_is_refused_whole_with_line_and_field(load, installation, why):
    records, field = REFUSED[why]
    with pytest.raises(Refused) as refusal:
        load(*UNITS, petition_record("good", "P.1"), *records, commit=True)
    assert str(refusal.value).startswith("dòng "), refusal.value
    line = int(str(refusal.value).split()[1].rstrip(":,"))
    assert 4 <= line <= 3 + len(records) or why == "units in a ring"
    if field:
        assert f"trường {field}:" in str(refusal.value)
    with installation.session() as session:
        assert session.scalar(select(func.count()).select_from(Petition)) == 0
        assert session.scalar(select(func.count()).select_from(Unit)) == 0


TAKEN = {
    "an anonymous denunciation forwarded for inspection": petition_record(
        "1",
        "P.1",
        kind="denunciation",
        signatories="none",
        petitioners=[],
        processed=processed(competent=False, direction="forward", to="P"),
    ),
    "an anonymous denunciation the receiver inspects itself": petition_record(
        "1",
        "P.1",
        kind="denunciation",
        signatories="none",
        petitioners=[],
        processed=processed(eligible=False, competent=False, direction="inspect"),
    ),
    "an anonymous complaint taken up": petition_record(
        "1", "P.1", signatories="none", petitioners=[], processed=processed()
    ),
    "an anonymous complaint returned": petition_record(
        "1",
        "P.1",
        signatories="none",
        petitioners=[],
        processed=processed(eligible=False, competent=False, direction="return"),
    ),
    "a complaint inspected": petition_record(
        "1", "P.1", processed=processed(eligible=False, competent=False, direction="inspect")
    ),
    "a denunciation by post guided": petition_record(
        "1", "P.1", kind="denunciation", processed=processed(competent=False, direction="guide")
    ),
    "a denunciation in person guided": petition_record(
        "1", "P.1", kind="denunciation", source="reception", processed=processed(competent=False, direction="guide")
    ),
    "a complaint to be verified in many places": petition_record("1", "P.1", many_places=True),
    "a denunciation about discipline": petition_record("1", "P.1", kind="denunciation", discipline="dismissal"),
    "an earlier decision of a first complaint": petition_record("1", "P.1", previous_decision={"number": "01/QĐ"}),
    "an earlier decision after the petition": petition_record(
        "1", "P.1", instance=2, previous_decision={"on": "2026-10-06"}
    ),
    "null for an absent field": petition_record("1", "P.1", dated_on=None, case=None, processed=None),
    "dated after it was received": petition_record("1", "P.1", dated_on="2026-10-07"),
    "forwarded after it was received": petition_record("1", "P.1", source="forwarded", forwarded_on="2026-10-07"),
    "not eligible and yet accepted": petition_record("1", "P.1", processed=processed(eligible=False, competent=False)),
    "a case both accepted and refused": accepted(refused_on="2026-02-02"),
    "suspension that resumes the day it began": accepted(suspensions=[{"from": "2026-07-10", "to": "2026-07-10"}]),
}


@pytest.mark.parametrize("why", TAKEN)
def test_what_only_looks_odd_is_taken(load, why):
    report = load(*UNITS, TAKEN[why])
    assert sum(report.added.values()) == 3
    silent = ("forwarded for inspection", "inspects itself", "in person guided", "null for", "suspension that resumes")
    assert bool(report.warnings) == (not any(part in why for part in silent))


ODD = {
    "a complaint suspended before the law knew it": (
        accepted(suspensions=[{"from": "2026-02-10"}]),
        "khi luật chưa có quy định này",
    ),
    "a complaint discontinued before the law knew it": (
        accepted(discontinued_on="2026-06-30"),
        "khi luật chưa có quy định này",
    ),
    "a ground of another kind": (
        denounced(suspensions=[{"from": "2026-02-10", "ground": "obstacle"}]),
        "không phải của loại đơn này",
    ),
    "papers of an end that did not come": (accepted(ending={"number": "1/QĐ"}), "không rút, không đình chỉ"),
    "a complaint extended": (accepted(extensions=[extension()]), "chỉ tố cáo mới có gia hạn"),
    "an extension after the limit ran out": (
        denounced(extensions=[extension(on="2026-03-04")]),
        "đã hết ngày 03/03/2026",
    ),
    "an extension of 31 days": (denounced(extensions=[extension(days=31)]), "từ 1 đến 30 ngày"),
    "an extension without criteria": (denounced(extensions=[extension(criteria=[])]), "ít nhất một tiêu chí"),
    "a second extension of one criterion": (
        denounced(extensions=[extension(), extension(number="02/QĐ")]),
        "từ hai tiêu chí",
    ),
    "three extensions": (
        denounced(extensions=[extension(number=str(n), criteria=[1, 2]) for n in range(3)]),
        "nhiều nhất hai lần",
    ),
    "decided while suspended": (
        accepted(decision=DECISION | {"on": "2026-08-10"}, suspensions=[{"from": "2026-08-01", "to": "2026-08-20"}]),
        "trong thời gian tạm đình chỉ",
    ),
    "unjustified with amounts": (
        accepted(decision=DECISION | {"outcome": "unjustified", "state_money": 1}),
        "khiếu nại sai",
    ),
    "executed beyond what is recommended": (
        accepted(decision=DECISION, execution={"entries": [{"on": "2026-04-01", "state_money": 1}]}),
        "vượt số kiến nghị",
    ),
}


@pytest.mark.parametrize("why", ODD)
def test_what_a_screen_would_refuse_a_file_may_hold_and_is_warned_of(load, why):
    record, said = ODD[why]
    report = load(*UNITS, record)
    assert report.added["case"] == 1 and any(
        said in line
        and line.startswith(
            "dòng 3: ",
        )
        for line in report.warnings
    ), report.warnings


def test_records_may_stand_in_any_order(load):
    first = case_record("C1", "P.1", accepted_on="2026-01-01", decision=DECISION)
    second = case_record("C2", "P.1", instance=2, previous="C1")
    petition = petition_record("1", "P.1", instance=2, processed=processed(), case="C2")
    reception = {
        "type": "reception",
        "id": "R",
        "unit": "P.1",
        "on": "2026-10-05",
        "kind": "regular",
        "people": 1,
        "petition": "1",
    }
    report = load(reception, petition, second, first, *reversed(UNITS))
    assert report.added == {"unit": 2, "case": 2, "petition": 1, "reception": 1}


def test_the_same_file_twice_changes_nothing(empty, tmp_path):
    path = DATA / "example.jsonl"
    with empty.session() as session:
        assert import_file(session, path).added["petition"] == 300
        session.commit()
    with empty.session() as session:
        again = import_file(session, path)
        session.commit()
        assert not again.added and again.same == {
            "unit": 18,
            "petition": 300,
            "case": 123,
            "reception": 150,
            "reception_day": 216,
        }
        assert session.scalar(select(func.count()).select_from(Petition)) == 300


def exported(installation, code):
    with installation.session() as session:
        file = io.StringIO()
        export_unit(session, find_unit(session, code), file)
        return file.getvalue()


def test_export_then_import_gives_the_same_export(cluster, empty, tmp_path):
    with empty.session() as session:
        import_file(session, DATA / "example.jsonl")
        session.commit()
    text = exported(empty, "H42")
    (tmp_path / "out.jsonl").write_text(text, encoding="utf-8")
    with copied(cluster) as other:
        with other.session() as session:
            import_file(session, tmp_path / "out.jsonl")
            session.commit()
        assert sorted(exported(other, "H42").splitlines()) == sorted(text.splitlines())
    kinds = [json.loads(line)["type"] for line in text.splitlines()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "unit": 18,
        "petition": 300,
        "case": 123,
        "reception": 150,
        "reception_day": 216,
    }


def test_an_export_of_a_unit_below_holds_only_its_own(empty):
    with empty.session() as session:
        import_file(session, DATA / "example.jsonl")
        session.commit()
    units = {json.loads(line).get("unit") for line in exported(empty, "H42.01").splitlines()} - {None}
    assert units == {"H42.01"}


def test_text_arrives_in_nfc(load, installation):
    decomposed = unicodedata.normalize("NFD", "Nguyễn Thị Hường")
    load(
        *UNITS,
        petition_record(
            "1", "P.1", petitioners=[{"name": decomposed}], summary=unicodedata.normalize("NFD", "Đòi đất")
        ),
        commit=True,
    )
    with installation.session():
        text = next(line for line in exported(installation, "P").splitlines() if '"petition"' in line)
    assert "Nguyễn Thị Hường" in text and "Đòi đất" in text


def test_a_missing_name_is_not_a_known_case(load):
    with pytest.raises(Refused, match="dòng 3, trường case"):
        load(*UNITS, case_record("", "P.1"))


def test_rows_of_a_case_are_whole(empty, tmp_path):
    with empty.session() as session:
        import_file(session, DATA / "example.jsonl")
        session.commit()
        states = dict(session.execute(select(Case.state, func.count()).group_by(Case.state)).tuples().all())
    assert sum(states.values()) == 123 and {
        "reviewing",
        "accepted",
        "refused",
        "withdrawn",
        "discontinued",
        "decided",
        "finished",
    } <= set(states)


def test_units_and_cases_may_point_at_each_other(load):
    ring = [
        {"type": "unit", "code": "Q", "name": "Q", "level": "district", "parent": "P", "oversees": "R", "into": "R"},
        {"type": "unit", "code": "R", "name": "R", "level": "commune", "parent": "Q", "oversees": "Q"},
        {"type": "unit", "code": "S", "name": "S", "level": "commune", "oversees": "S"},
    ]
    report = load(*UNITS, *ring)
    assert report.added["unit"] + report.same["unit"] == 5
    with pytest.raises(Refused, match="trường previous"):
        load(*UNITS, case_record("C1", "P.1", previous="C1"))


def test_the_order_of_a_cases_lists_says_nothing(load):
    entries = [{"on": "2026-04-01", "state_money": value} for value in (3, 1, 2)] + [
        {"on": "2026-03-02", "state_land": 5}
    ]
    suspensions = [{"from": "2026-02-20", "to": "2026-02-22"}, {"from": "2026-02-05", "to": "2026-02-07"}]
    case = accepted(decision=DECISION, execution={"entries": entries}, suspensions=suspensions)
    load(*UNITS, case, commit=True)
    turned = case | {"execution": {"entries": entries[::-1]}, "suspensions": suspensions[::-1]}
    assert load(*UNITS, case).same["case"] == load(turned).same["case"] == 1


@pytest.mark.parametrize("value", ["1" * 5000, "1e99999999999999999999", "1e400"])
def test_a_number_beyond_all_measure_is_refused(load, value):
    line = json.dumps(petition_record("huge", "P.1")).replace('"people": 1', f'"people": {value}')
    with pytest.raises(Refused, match="dòng 3"):
        load(*UNITS, line)


def test_empty_optional_text_and_execution_count_as_absent(load):
    petition = petition_record("blank", "P.1", petitioners=[{"name": "Nguyễn Văn Mẫu", "address": ""}], case="")
    assert (
        load(*UNITS, petition, case_record("C9", "P.1", execution={"entries": [], "finished_on": None})).added[
            "petition"
        ]
        == 1
    )


def test_an_export_stands_on_its_own_and_says_what_it_left_out(installation, load):
    first = case_record("X1", "P", accepted_on="2026-01-01", decision=DECISION)
    second = case_record("X2", "P.1", instance=2, previous="X1")
    load(*UNITS, first, second, commit=True)
    with installation.session() as session:
        file = io.StringIO()
        _, told = export_unit(session, find_unit(session, "P.1"), file)
        assert any("previous" in sentence for sentence in told) and any("parent" in sentence for sentence in told)
    assert '"previous"' not in file.getvalue() and '"parent"' not in file.getvalue()


def test_marks_of_repeats_and_former_senders_go_out_and_come_in_again(installation, load):
    again = petition_record("R2", "P.1", same_as="R1", former=[{"name": "Lê Văn Nhầm", "address": "Thôn 9"}])
    met = {"type": "reception", "id": "R3", "unit": "P.1", "on": "2026-10-05", "kind": "regular", "people": 1}
    met |= {"summary": "Thu hồi đất", "former": [{"name": "Trần Thị Nhầm"}]}
    load(*UNITS, again, petition_record("R1", "P.1"), met, commit=True)  # in whatever order
    with installation.session() as session:
        second = session.scalars(select(Petition).where(Petition.number == "R2")).one()
        assert second.same_as.number == "R1" and read_people(second, FORMER) == again["former"]
        file = io.StringIO()
        export_unit(session, find_unit(session, "P.1"), file)
        told = {record.get("id"): record for record in map(json.loads, file.getvalue().splitlines())}
        assert told["R2"]["same_as"] == "R1" and told["R2"]["former"] == again["former"]
        assert told["R3"]["former"] == met["former"] and "same_as" not in told["R1"]
        second.same_as.removed_at = datetime.now(UTC)
        file = io.StringIO()
        _, said = export_unit(session, find_unit(session, "P.1"), file)
        assert '"same_as"' not in file.getvalue() and any("same_as" in sentence for sentence in said)
        session.rollback()
    assert load(*UNITS, again, petition_record("R1", "P.1"), met).added["petition"] == 0
    with pytest.raises(Refused, match="“R2” đã có với nội dung khác"):
        load(*UNITS, petition_record("R4", "P.1"), again | {"same_as": "R4"})


def test_a_chain_of_repeats_is_refused_though_its_links_come_in_two_files(load):
    first, second, third = (petition_record(f"S{number}", "P.1") for number in (1, 2, 3))
    load(*UNITS, first, second, third, commit=True)
    load(*UNITS, first | {"same_as": "S2"}, second, third, commit=True)
    with pytest.raises(Refused, match="same_as"):
        load(*UNITS, second | {"same_as": "S3"}, third)


def test_an_export_says_what_only_the_screen_knows(installation, load):
    load(*UNITS, petition_record("X3", "P.1"), commit=True)
    with installation.session() as session:
        petition = session.scalars(select(Petition).where(Petition.number == "X3")).one()
        rewrite_body(petition, attachments="một bản đồ")
        petition.secrecy = 1
        document = new_document(petition, "pdf", 1, "X")
        document.state = "read"
        document.told = seal(document, "told", {"name": "a.pdf"}, purpose_of(document))
        session.add(document)
        session.flush()
        _, told = export_unit(session, find_unit(session, "P.1"), io.StringIO())
        session.rollback()
    for sentence in ("1 ghi chú tài liệu kèm theo", "1 tài liệu", "1 độ mật"):
        assert any(sentence in line for line in told), told


def test_what_is_said_of_a_petition_comes_back_as_it_was(load, installation, tmp_path):
    cited = {"number": "12/QĐ-UBND", "body": "Chủ tịch UBND xã mẫu", "on": "2026-08-03"}
    first = petition_record(
        "W1", "P.1", instance=2, discipline="dismissal", previous_decision=cited, processed=processed(), case="C8"
    )
    forwarded = {"source": "forwarded", "forwarded_on": "2026-10-01", "previous_decision": {"number": "3/KL"}}
    second = petition_record("W2", "P.1", kind="denunciation", many_places=True, instance=2, **forwarded)
    case = case_record("C8", "P.1", instance=2, accepted_on="2026-10-07")
    load(*UNITS, case, first, second, commit=True)
    lines = [json.loads(line) for line in exported(installation, "P").splitlines()]
    assert [record for record in lines if record.get("id") in ("W1", "W2")] == [first, second]
    same = load(*UNITS, case, first, second | {"many_places": True, "discipline": None}).same
    assert (
        same["petition"] == 2
        and load(petition_record("W3", "P.1", many_places=False), petition_record("W3", "P.1")).same["petition"] == 1
    )
    with installation.session() as session:
        rules = {row.rule for row in session.scalars(select(Deadline))}
        assert rules >= {"discipline.settle", "denunciation.review"} and "complaint.settle.second" not in {
            row.rule for row in session.scalars(select(Deadline).where(Deadline.done_on.is_(None)))
        }


def test_a_number_given_twice_is_warned_of_within_a_file_and_against_what_is_there(load):
    first, second = (accepted(decision=DECISION | {"number": "99/QĐ"}) | {"case": name} for name in ("N1", "N2"))
    other = denounced(decision=DECISION | {"number": "99/QĐ", "outcome": "true"}) | {"case": "N3"}
    assert [line for line in load(*UNITS, first, second, other).warnings if "đã dùng" in line] == [
        "dòng 4: số “99/QĐ” đã dùng cho văn bản khác cùng loại của đơn vị trong năm 2026"
    ]
    load(*UNITS, first, commit=True)
    assert any("đã dùng" in line for line in load(second).warnings)


def test_acceptance_before_processing_is_warned_of(load):
    petition = petition_record("early", "P.1", processed=processed(), case="N9")
    report = load(*UNITS, case_record("N9", "P.1", accepted_on="2026-10-05"), petition)
    assert "dòng 4: vụ việc “N9” thụ lý trước ngày xử lý đơn" in report.warnings


PAPERS = [
    denounced(
        extensions=[extension(days=20), extension(on="2026-03-10", number="02/QĐ", days=10, criteria=[1, 2])],
        complexity=[1, 2],
    )
    | {"case": "E1"},
    denounced(extensions=[], complexity=[1, 2]) | {"case": "E2"},
    denounced(complexity=[1, 2]) | {"case": "E3"},
    accepted(
        suspensions=[
            {
                "from": "2026-07-10",
                "to": "2026-07-20",
                "ground": "obstacle",
                "number": "3/QĐ",
                "sent_on": "2026-07-13",
                "resumed_number": "4/QĐ",
            },
            {"from": "2026-08-10", "ground": "other_result", "number": "5/QĐ"},
        ],
    )
    | {"case": "E4"},
    denounced(
        withdrawn_on="2026-02-20",
        ending={
            "ground": "withdrawn",
            "number": "6/QĐ",
            "paper": "minutes",
            "paper_number": "2/BB",
            "paper_on": "2026-02-18",
            "sent_on": "2026-02-24",
        },
    )
    | {"case": "E5"},
    accepted(discontinued_on="2026-08-20", ending={"ground": "object_gone", "number": "7/QĐ"}) | {"case": "E6"},
    accepted(decision=DECISION | {"sent_on": "2026-03-03"}, execution={"finished_on": "2026-04-01"}) | {"case": "E7"},
    accepted(decision=DECISION | {"on": "2026-03-02"}) | {"case": "E8"},
]


def test_papers_come_back_as_they_were_and_import_again_unchanged(installation, load):
    load(*UNITS, *PAPERS, commit=True)
    lines = [json.loads(line) for line in exported(installation, "P").splitlines()]
    back = {line["case"]: line for line in lines if line["type"] == "case" and line["case"].startswith("E")}
    assert back == {record["case"]: record for record in PAPERS}
    assert load(*PAPERS).same["case"] == len(PAPERS) == load(*back.values()).same["case"]
    # sent the day it was issued: as not saying so
    said = PAPERS[7] | {
        "decision": PAPERS[7]["decision"] | {"sent_on": "2026-03-02"},
    }
    assert load(said).same["case"] == 1
    with pytest.raises(Refused, match="với nội dung khác"):
        load(PAPERS[1] | {"extensions": None})


def test_the_end_follows_decisions_where_a_file_names_them_and_criteria_where_it_does_not(installation):
    with installation.session() as session:
        days = {
            case.number: case.due_on
            for case in session.scalars(
                select(Case).where(Case.number.in_(["E1", "E2", "E3"])),
            )
        }
        waiting = session.scalars(
            select(Deadline.rule).where(Deadline.rule.like("%.suspend.send"), Deadline.done_on.is_(None)),
        ).all()
    # accepted on 1/2/2026: 60 days, 30 days, 90 days moved off Saturday 2/5/2026
    assert days == {"E1": date(2026, 4, 2), "E2": date(2026, 3, 3), "E3": date(2026, 5, 4)}
    assert waiting == []  # what a file says nothing of counts as sent


def test_an_export_says_how_many_papers_were_not_sent(installation):
    with installation.session() as session:
        cases = {case.number: case for case in session.scalars(select(Case).where(Case.number.in_(["E6", "E7"])))}
        cases["E7"].decision.sent_on = None
        cases["E6"].ending.sent_on = None
        session.flush()
        _, told = export_unit(session, find_unit(session, "P.1"), io.StringIO())
        session.rollback()
    for sentence in ("1 kết quả giải quyết chưa gửi", "1 quyết định tạm đình chỉ, tiếp tục, đình chỉ chưa gửi"):
        assert any(sentence in line for line in told), told
