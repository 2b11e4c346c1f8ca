"""Three places and their people: An's unit A, Bình's unit B below it, Chi's unit C elsewhere; a canary in every text of
what must not be seen.
"""

import json
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.models import Account, Approval, Case, Conflict, Deadline, Job, JobProgress, Petition, Reception, Task, Unit
from app.operations import saved_lists
from app.operations.documents.documents import new_document, purpose_of
from app.operations.exchange.file_in import import_file
from app.security import sealed_files
from app.security.keys import DOCUMENT, TEXT
from app.security.sealed import seal
from app.security.tokens import tokens_of
from tests.conftest import Installation, case_record, create_account, petition_record
from tests.support.hostile import pdf

CANARY = "chimhoàngyến"  # a word that stands nowhere else
CLOSED = "oanhvàngkín"  # the same for a denunciation of one's own unit that one does not handle
ROLES = ("officer", "reception", "leader", "synthesis", "custodian", "publisher", "auditor")
ADMIN = "admin"
MANAGER = "manager"
DAY = date(2026, 11, 21)
PERSON = {"name": f"Họ {CANARY}", "address": f"Thôn {CANARY}", "id_number": f"0{CANARY}", "phone": f"09{CANARY}"}


def _matter(code: str, kind: str, mark: str, fact: str = "", **more: Any) -> list[dict[str, Any]]:
    """A petition, its case with decision and execution; `mark` stands in every text, `fact` in numbers where it
    differs.
    """
    fact = fact or mark
    done = {"on": "2026-10-07", "eligible": True, "competent": True, "direction": "accept", "reason": f"Lý do {mark}"}
    case = case_record(
        f"{code}/{kind}/{fact}",
        code,
        kind=kind,
        accepted_on="2026-10-08",
        decision={
            "on": "2026-10-20",
            "number": f"số {fact}",
            "outcome": "justified" if kind == "complaint" else "true",
            "state_money": 1,
        },
        execution={"entries": [{"on": "2026-10-25", "state_money": 0.5}]},
    )
    persons = [{key: value.replace(CANARY, mark) for key, value in PERSON.items()}]
    petition = petition_record(
        f"{code}-{kind}-{fact}",
        code,
        kind=kind,
        petitioners=persons,
        respondents=[{"name": f"Bị {mark}", "position": mark, "organisation": mark}],
        summary=f"Nội dung {mark}",
        processed=done,
        case=case["case"],
        **more,
    )
    waiting = petition_record(
        f"{code}-{kind}-cho-{fact}", code, kind=kind, petitioners=persons, summary=f"Chờ {mark}", **more
    )
    return [case, petition, waiting]


def _documents(installation: Installation, session: Any, unit: Unit) -> dict[str, Any]:
    """A document of the other unit, one of a closed denunciation of one's own, a question for a second person and a
    conflict there.
    """
    found: dict[str, str] = {}
    folder = installation.app.config["FILES_DIR"]
    for key, number, mark in (
        ("document", f"C-complaint-{CANARY}", CANARY),
        ("closed_document", "A-denunciation-kín", CLOSED),
    ):
        petition = session.scalars(select(Petition).where(Petition.number == number)).one()
        made = new_document(petition, "pdf", 9, "CHI")
        made.state = "read"
        made.pages = 1
        made.told = seal(made, "told", {"name": f"Tệp {mark}.pdf", "sha256": "0" * 64}, purpose_of(made))
        made.read_text = seal(made, "read_text", {"text": f"Chữ {mark}"}, purpose_of(made))
        made.tokens = tokens_of([], [f"Chữ {mark}"], made.compartment)
        for part in sealed_files.PARTS:
            sealed_files.write(folder, made.id, part, pdf(), purpose_of(made))
        session.add(made)
        found[key] = str(made.id)
    asked = Approval(
        unit=unit,
        act="print",
        subject=f"petition:{petition.id}",
        number=f"số {CANARY}",
        reason=f"Lý do {CANARY}",
        asked_by="CHI",
    )
    other = session.scalars(select(Petition).where(Petition.number == f"C-denunciation-{CANARY}")).one()
    conflict = Conflict(
        unit=unit, petition=other, account="CHI", why="marked", compartment=True, handlers=[], stays_out=False
    )
    session.add_all([asked, conflict])
    session.flush()
    return found | {"approval": str(asked.id), "conflict": str(conflict.id)}


def _task(session: Any, unit: Unit, mark: str = CANARY, by: str = "CHI") -> str:
    """A task of the unit: what is to be done and the paper that gave it hold the mark."""
    day = {"given_on": DAY, "due_on": DAY + timedelta(days=9)}
    task = Task(unit=unit, number=f"NV-{mark}", origin="directive", state="given", given_by=by, giver_id=unit.id, **day)
    task.signer = f"Ký {mark}"
    task.body = seal(task, "body", {"what": f"Việc {mark}", "lines": []}, TEXT)
    session.add(task)
    session.flush()
    session.add(Deadline(unit=unit, task_id=task.id, rule="task", started_on=DAY, due_on=DAY, tentative=False))
    session.flush()
    return str(task.id)


def _job(installation: Installation, session: Any) -> str:
    """A job of Chi's that is done: its words, what came of it and its file hold the canary."""
    job = Job(account="CHI", kind="register", state="done", attempts=1, has_file=True)
    job.arguments = seal(job, "arguments", {"name": f"{CANARY}.xlsx"}, DOCUMENT)
    job.told = seal(job, "told", {"name": f"{CANARY}.xlsx", "lines": [f"Dòng {CANARY}"]}, DOCUMENT)
    sealed_files.write(installation.app.config["FILES_DIR"], job.id, sealed_files.RESULT, CANARY.encode(), DOCUMENT)
    session.add(job)
    session.flush()
    session.add(JobProgress(id=job.id, done=7, total=7))
    session.flush()
    return str(job.id)


def build(installation: Installation, folder: Any) -> dict[str, Any]:
    """The world is there; keys of foreign rows by noun."""
    units = [("P", None, {}), ("A", "P", {}), ("B", "A", {"level": "commune"}), ("C", "P", {})]
    records: list[dict[str, Any]] = [
        {
            "type": "unit",
            "code": code,
            "name": f"Đơn vị {code}",
            "level": more.get("level", "department"),
            **({"parent": parent} if parent else {}),
        }
        for code, parent, more in units
    ]
    for kind in ("complaint", "denunciation"):
        records += _matter("C", kind, CANARY)
        records += _matter("A", kind, "thường")
        records += _matter("B", kind, "dưới")
    # A denunciation of An's own unit that only CHUYENTRACH handles: content closed to the unit's other officers.
    records += _matter("A", "denunciation", CLOSED, fact="kín", handlers=["CHUYENTRACH"])
    for code, mark in (("C", CANARY), ("A", "thường")):
        records.append(
            {
                "type": "reception",
                "id": f"R-{code}-{mark}",
                "unit": code,
                "on": "2026-10-05",
                "kind": "regular",
                "people": 7,
                "matter": f"Vụ {mark}",
                "petitioners": [{"name": f"Khách {mark}"}],
                "summary": f"Tiếp {mark}",
                "result": f"Kết quả {mark}",
                "petition": f"{code}-complaint-{mark}",
            }
        )
        records.append(
            {"type": "reception_day", "id": f"D-{code}-{mark}", "unit": code, "on": "2026-10-06", "holder": "head"}
        )
    path = folder / "world.jsonl"
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    with installation.session() as session:
        import_file(session, path)
        unit = {row.code: row for row in session.scalars(select(Unit))}
        for role in ROLES:
            create_account(session, role.upper(), unit["A"], role)
        create_account(session, "CHUYENTRACH", unit["A"], "officer")
        create_account(session, "BINH", unit["B"], "officer")
        create_account(session, "CHI", unit["C"], "officer", "leader")
        create_account(session, "ADMIN", unit["A"], kind="admin")
        create_account(session, "MANAGER", unit["A"], kind="manager", manages=["OFFICER", "LEADER"])
        found = _documents(installation, session, unit["C"])
        found["task"] = _task(session, unit["C"])
        found["own_task"] = _task(session, unit["A"], "A", "LEADER")
        found["job"] = _job(installation, session)
        mine = {"endpoint": "PetitionView.petitions", "filters": {"text": CANARY, "unit": "C"}, "shared": True}
        wanted = saved_lists.Named(name=f"Danh sách {CANARY}", **mine)
        found["saved"] = str(saved_lists.save(session, "CHI", unit["C"].id, wanted))
        session.commit()
        found |= {
            "petition": str(
                session.scalars(select(Petition.id).where(Petition.number == f"C-complaint-{CANARY}")).one()
            ),
            "denunciation": str(
                session.scalars(select(Petition.id).where(Petition.number == f"C-denunciation-{CANARY}")).one()
            ),
            "waiting": str(
                session.scalars(select(Petition.id).where(Petition.number == f"C-complaint-cho-{CANARY}")).one()
            ),
            "closed": str(session.scalars(select(Petition.id).where(Petition.number == "A-denunciation-kín")).one()),
            "case": str(session.scalars(select(Case.id).where(Case.number == f"C/complaint/{CANARY}")).one()),
            "reception": str(session.scalars(select(Reception.id).where(Reception.number == f"R-C-{CANARY}")).one()),
            "own": str(session.scalars(select(Petition.id).where(Petition.number == "A-complaint-thường")).one()),
            "below": str(session.scalars(select(Petition.id).where(Petition.number == "B-complaint-dưới")).one()),
            "unit": str(unit["C"].id),
            "chi": str(session.scalars(select(Account.id).where(Account.username == "CHI")).one()),
            "officer": str(session.scalars(select(Account.id).where(Account.username == "OFFICER")).one()),
        }
    return found
