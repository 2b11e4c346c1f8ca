"""Synthetic data: a province, its inspectorate, four departments, twelve communes, petitions over eighteen months in
every state. No real person.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import today
from app.database import DEMO_ACCOUNTS, write_private
from app.law.tasks import DIRECTIVE
from app.models import Account, Petition, Reception, Unit
from app.models.base import now
from app.operations.accounts.accounts import NewAccount, add_account
from app.operations.act import Act
from app.operations.exchange import made_up, rows
from app.operations.exchange.file_in import Report, Run
from app.operations.holidays import load_calendar
from app.operations.record_values import Record
from app.operations.records import read_record
from app.operations.refusal import Refused
from app.operations.rights import demand_operator
from app.operations.tasks.giving import Wanted, give
from app.operations.units import place_unit

PREFIX = "MAU-"
PROVINCE = "H42"
INSPECTORATE = "H42.05"
BATCH = 500
# identifier, kind, roles, unit, holder's title
ACCOUNTS = (
    ("QUANTRI.MAU", "admin", (), INSPECTORATE, "Quản trị hệ thống"),
    ("QUANLY.MAU", "manager", (), INSPECTORATE, "Quản lý người dùng của Thanh tra tỉnh"),
    ("CANBO.MAU", "user", ("officer",), INSPECTORATE, "Cán bộ xử lý đơn, Thanh tra tỉnh"),
    ("TIEPDAN.MAU", "user", ("reception",), INSPECTORATE, "Cán bộ tiếp công dân, Thanh tra tỉnh"),
    ("LANHDAO.MAU", "user", ("leader",), INSPECTORATE, "Lãnh đạo Thanh tra tỉnh"),
    ("TONGHOP.MAU", "user", ("synthesis",), INSPECTORATE, "Cán bộ tổng hợp, Thanh tra tỉnh"),
    ("CONGKHAI.MAU", "user", ("publisher",), INSPECTORATE, "Cán bộ công khai kết quả"),
    ("KIEMSOAT.MAU", "user", ("auditor",), INSPECTORATE, "Kiểm soát nhật ký"),
    ("CANBO.XA101", "user", ("officer",), "H42.101", "Cán bộ xử lý đơn, xã mẫu số 101"),
)


def any_rows(session: Session) -> bool:
    """True when any unit, petition or account is there."""
    return any(session.scalars(select(model.id).limit(1)).first() is not None for model in (Unit, Petition, Account))


def foreign_rows(session: Session) -> bool:
    """True when a unit, petition, reception or account is there that these data do not hold."""
    ours = (
        select(Unit.id).where(Unit.code.not_in([code for code, _, _ in made_up.UNITS])),
        select(Petition.id).where(Petition.number.not_like(f"{PREFIX}%")),
        select(Reception.id).where(Reception.number.not_like(f"{PREFIX}%")),
        select(Account.id).where(Account.username.not_in([account[0] for account in ACCOUNTS])),
    )
    return any(session.scalars(query.limit(1)).first() is not None for query in ours)


def make(session: Session, petitions: int, seed: int, folder: Path) -> bool:
    """The data is in the session's transaction and the passwords in `folder`; False where it was all there.

    Raises Refused where other rows are.
    """
    demand_operator(session)
    if foreign_rows(session):
        raise Refused("cơ sở dữ liệu đã có dữ liệu khác; dữ liệu trình diễn chỉ nạp vào cơ sở dữ liệu trống")
    if any_rows(session):
        return False
    random = Random(seed)  # noqa: S311  made-up data is not secret
    day = today()
    run = Run(session, load_calendar(session), _units(session), Report())
    stream = _matters(random, list(run.units.values()), petitions, day)
    while chunk := list(islice(stream, BATCH)):
        rows.add_cases(run, [(0, read_record(case)) for _, case in chunk if case])
        session.flush()
        rows.add_petitions(run, [(0, read_record(petition)) for petition, _ in chunk])
        session.flush()
        for row in list(session.identity_map.values()):
            if not isinstance(row, Unit):
                session.expunge(row)
    _receptions(run, random, petitions // 4, day)
    _announced(run, day)
    _remove_some(session)
    _accounts(session, folder)
    _tasks(session, day)
    return True


def _units(session: Session) -> dict[str, Unit]:
    made: dict[str, Unit] = {}
    for code, name, level in made_up.UNITS:
        unit = Unit(code=code, name=name, level=level, valid_from=made_up.TWO_TIERS if level == "commune" else None)
        made[code] = place_unit(unit, made.get(PROVINCE))
        session.add(unit)
    made[INSPECTORATE].oversees = made[PROVINCE]
    session.flush()
    return made


def _matters(random: Random, units: list[Unit], petitions: int, day: date) -> Iterator[tuple[Record, Record | None]]:
    """Pairs of a petition and the case it opens, if any; later petitions may join an earlier case."""
    weights = [
        6 if unit.code == INSPECTORATE else 4 if unit.code == PROVINCE else 2 if unit.level == "department" else 1
        for unit in units
    ]
    open_cases: dict[tuple[str, str, int], str] = {}
    for place in range(petitions):
        unit = random.choices(units, weights)[0]
        earliest = max(day - timedelta(days=548), unit.valid_from or date.min)
        # Every twentieth came in the last ten days, so that an inbox has work in it.
        received = (
            day - timedelta(days=random.randint(0, 10))
            if place % 20 == 0
            else earliest + timedelta(days=random.randint(0, (day - earliest).days))
        )
        petition = made_up.petition(random, f"{PREFIX}{place + 1:06d}", unit.code, received)
        case = _process(
            random,
            petition,
            day,
            open_cases,
            f"{unit.code}/{received.year}/M{place + 1}",
            [other.code for other in units],
        )
        yield petition, case


def _process(
    random: Random,
    petition: Record,
    day: date,
    open_cases: dict[tuple[str, str, int], str],
    number: str,
    units: list[str],
) -> Record | None:
    received = date.fromisoformat(petition["received_on"])
    done = received + timedelta(days=random.randint(0, 14))
    recent = (day - received).days < 30
    if done > day or (recent and random.random() < 0.3):
        return None
    fate = random.random()
    anonymous = petition["signatories"] == "none"
    processed: Record = {"on": done.isoformat(), "eligible": fate > 0.22, "competent": fate > 0.42 and not anonymous}
    petition["processed"] = processed
    if not processed["eligible"]:
        processed |= {"direction": random.choice(["file", "return"]), "reason": random.choice(made_up.REASONS)}
        if anonymous:  # nobody is there to return it to; it is filed, or looked into
            processed |= {"direction": "inspect" if fate < 0.1 else "file", "reason": "Đơn không có họ tên, địa chỉ"}
    elif not processed["competent"]:
        processed["direction"] = "guide" if petition["kind"] == "complaint" else "forward"
        if processed["direction"] == "forward":
            processed["to"] = random.choice([code for code in units if code != petition["unit"]])
    else:
        processed["direction"] = "accept"
        key = (petition["unit"], petition["kind"], petition["instance"])
        if key in open_cases and random.random() < 0.12:
            petition["case"] = open_cases[key]
        elif not recent or random.random() > 0.1:
            petition["case"] = open_cases[key] = number
            return made_up.case(random, petition, number, done, day)
    return None


def _receptions(run: Run, random: Random, receptions: int, day: date) -> None:
    records = [
        (0, read_record(made_up.reception(random, f"{PREFIX}TD-{place:06d}", list(run.units), day)))
        for place in range(receptions)
    ]
    for start in range(0, len(records), BATCH):
        rows.add_receptions(run, records[start : start + BATCH])
        run.session.flush()


def _announced(run: Run, day: date) -> None:
    days: list[dict[str, Any]] = []
    for code in run.units:
        for month in range(18):
            on = (day.replace(day=15) - timedelta(days=30 * month)).isoformat()
            holder = "authorised" if month % 5 == 4 else "head"
            days.append(
                {"type": "reception_day", "id": f"{PREFIX}NT-{code}-{month}", "unit": code, "on": on, "holder": holder}
            )
    rows.add_reception_days(run, [(0, read_record(item)) for item in days])
    run.session.flush()


def _remove_some(session: Session) -> None:
    query = (
        select(Petition)
        .where(Petition.state == "processed", Petition.case_id.is_(None))
        .order_by(Petition.number)
        .limit(3)
    )
    for petition in session.scalars(query):
        petition.state = "removed"
        petition.removed_at = now()
        petition.due_on = None
    session.flush()


def _tasks(session: Session, day: date) -> None:
    """A directive that two units have to answer, and work that the leader gave."""
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    officer = session.scalars(select(Account).where(Account.username == "CANBO.MAU")).unique().one()
    act = Act(on=day, by="LANHDAO.MAU", today=day, calendar=load_calendar(session))
    for wanted in (
        Wanted(
            "Rà soát các vụ việc khiếu nại đông người, báo cáo kết quả và đề xuất hướng giải quyết",
            [units[INSPECTORATE], units["H42.101"]],
            origin=DIRECTIVE,
            due_on=day + timedelta(days=20),
            paper="15/CT-UBND",
            paper_on=day,
            signer="Phó Chủ tịch UBND tỉnh mẫu",
        ),
        Wanted(
            "Chuẩn bị báo cáo sáu tháng về tiếp công dân",
            [units[INSPECTORATE]],
            due_on=day + timedelta(days=5),
            accounts=[officer],
        ),
    ):
        give(session, units[INSPECTORATE], act, wanted)


def _accounts(session: Session, folder: Path) -> None:
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    made = []
    for identifier, kind, roles, unit, title in ACCOUNTS:
        account, password, _ = add_account(
            session, NewAccount(identifier, kind, units[unit], roles, (), title, "Dữ liệu trình diễn"), "operator"
        )
        account.must_change_password = (
            False  # so that a newcomer can sign in; a real account's initial password must be changed
        )
        made.append({"identifier": identifier, "password": password, "what": title})
    manager = session.scalars(select(Account).where(Account.username == "QUANLY.MAU")).one()
    managed = ("CANBO.MAU", "TIEPDAN.MAU", "LANHDAO.MAU", "TONGHOP.MAU")
    manager.manages = list(session.scalars(select(Account).where(Account.username.in_(managed))))
    session.flush()
    write_private(folder / DEMO_ACCOUNTS, made)
