"""The measured installation: templates by the product's import, copies by COPY, accounts by its operations."""

import fcntl
import json
import os
import random
import shutil
import time
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import select

from app.clock import today
from app.database import owner_address
from app.embedded import Embedded, leave
from app.extensions import db
from app.installation import initialise
from app.law.calendar import Calendar
from app.models import Case, Petition, Unit
from app.operations.accounts.accounts import NewAccount, add_account
from app.operations.act import Act
from app.operations.deadlines import refresh_case, refresh_petition
from app.operations.exchange.file_in import import_file
from app.operations.holidays import load_calendar
from app.operations.stepping import record_step
from app.security import tokens
from app.security.scope import enter, system_scope
from app.wsgi import serving
from tests.bench import loading, templates, tree
from tests.bench.clusters import PLACED, Cluster, read_clusters, read_shapes
from tests.bench.copies import Copier, Place, clear_of
from tests.bench.place import FOLDER, PETITIONS, environment, read_marker, write_marker

BATCH = 4000  # petitions in one COPY
SCOPES = {"commune": tree.COMMUNE, "district": tree.DISTRICT, "province": tree.PROVINCE, "country": tree.CENTRE}
ROLES = {"CANBO": "officer", "LANHDAO": "leader", "TONGHOP": "synthesis"}


def prepare() -> dict[str, Any]:
    """What the marker tells of the installation, made now where it is not there or was not finished."""
    if not read_marker():
        FOLDER.parent.mkdir(parents=True, exist_ok=True)
        with (FOLDER.parent / f"{FOLDER.name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SystemExit(f"{FOLDER} is being made by another process") from None
            _make()
    return read_marker()


def _make() -> None:
    if FOLDER.exists() and not (FOLDER / "key").exists() and any(FOLDER.iterdir()):
        raise SystemExit(f"{FOLDER} is no installation of ours")
    if (FOLDER / "pg").exists():
        Embedded(FOLDER).stop()  # left by one that was killed
    shutil.rmtree(FOLDER, ignore_errors=True)
    environ = environment()
    os.environ["INSTANCE_DIR"] = environ["INSTANCE_DIR"]
    began = time.perf_counter()
    initialise(environ)
    address = owner_address(environ)
    app = serving(environ)
    _told("installation", began)
    with app.app_context():
        units, spread = _import_templates(address, environ)
        _told("templates", began)
        with loading.connect(address) as connection, loading.make_peer(connection, address) as peer:
            _copy_all(connection, peer, spread)
            _told("rows", began)
            loading.finish(connection, peer)
        _told("indexes, statistics", began)
        accounts = _accounts()
        db.session.remove()
        db.engine.dispose()
    write_marker(
        {
            "petitions": PETITIONS,
            "made_in": round(time.perf_counter() - began),
            "made_on": date.today().isoformat(),
            "accounts": accounts,
        }
    )
    leave(Path(environ["INSTANCE_DIR"]))


def _told(what: str, began: float) -> None:
    print(f"{what}: there after {time.perf_counter() - began:.0f} s", flush=True)


def _import_templates(address: dict[str, str], environ: dict[str, str]) -> tuple[list[dict[str, Any]], tree.Spread]:
    units = tree.records()
    spread = tree.spread(units)
    few = tree.Spread(spread.codes[:200], spread.cumulated[:200])  # so that later petitions join an earlier case
    number = min(5000, PETITIONS // 4)
    source = FOLDER / "templates.jsonl"
    with source.open("w", encoding="utf-8") as file:
        for parts in (
            units,
            templates.records(number, few, today()),
            templates.days([unit["code"] for unit in units], today()),
        ):
            file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in parts)
    session = db.session()
    enter(session, system_scope("bench"))
    import_file(session, source)
    session.commit()
    _steps(session)
    session.commit()
    db.session.remove()
    return units, spread


def _steps(session: Any) -> None:
    """Imported rows have no history of steps and no clocks that have stopped; work on screens leaves both."""
    enter(session, system_scope("bench"))
    calendar = load_calendar(session)
    for petition in session.scalars(select(Petition)):
        refresh_petition(session, petition, calendar)
        record_step(session, petition, "register", _act(petition.received_on, calendar))
        if petition.processed_on:
            record_step(session, petition, "process", _act(petition.processed_on, calendar))
        if petition.case_id:
            record_step(session, petition, "attach", _act(petition.processed_on, calendar))
    for case in session.scalars(select(Case)):
        refresh_case(session, case, calendar)
        told = {
            "accept": case.accepted_on,
            "refuse": case.refused_on,
            "withdraw": case.withdrawn_on,
            "discontinue": case.discontinued_on,
        }
        told |= {
            "decide": case.decision.decided_on if case.decision else None,
            "finish": case.decision.finished_on if case.decision else None,
        }
        for key, on in told.items():
            if on:
                record_step(session, case, key, _act(on, calendar))


def _act(on: date, calendar: Calendar) -> Act:
    return Act(on=on, by="CANBO.HUYEN", today=on, calendar=calendar)


def _copy_all(connection: psycopg.Connection, peer: psycopg.Connection, spread: tree.Spread) -> None:
    received, held = read_clusters(connection)
    shapes = read_shapes(connection)
    places = _places(connection)
    there = sum(cluster.petitions for cluster in received)
    copier = Copier()
    chance = random.Random(17)
    _remember_words()
    for cluster in received:
        copier.clear += clear_of(cluster)
    with loading.without_indexes(connection):
        done = 0
        for cluster in _plan(received, PETITIONS - there, chance):
            copier.copy(cluster, places[spread.draw(chance, 1)[0]])
            done += cluster.petitions
            if len(copier.clear) >= BATCH:
                _write(connection, peer, copier, shapes)
                print(f"\r{there + done}", end="", flush=True)
        for _ in range(PETITIONS // 4 - len(held)):
            copier.copy(chance.choice(held), places[spread.draw(chance, 1)[0]])
            if len(copier.rows.get("receptions", ())) >= BATCH:
                _write(connection, peer, copier, shapes)
        _write(connection, peer, copier, shapes)
        print()


def _remember_words() -> None:
    """What is computed of a word is computed once: a million texts have few words."""
    for name in ("fold", "spelling", "_token"):
        if hasattr(tokens, name):
            setattr(tokens, name, lru_cache(maxsize=50_000)(getattr(tokens, name)))


def _plan(clusters: list[Cluster], petitions: int, chance: random.Random) -> Iterator[Cluster]:
    """Copies of so many petitions in the order of their days, those of one day mixed."""
    singles = [cluster for cluster in clusters if cluster.petitions == 1]
    each = sum(cluster.petitions for cluster in clusters)
    chosen = clusters * (petitions // each)
    while (missing := petitions - sum(cluster.petitions for cluster in chosen)) > 0:
        chosen += chance.sample(singles, min(missing, len(singles)))
    chance.shuffle(chosen)
    yield from sorted(chosen, key=lambda cluster: cluster.day)


def _places(connection: psycopg.Connection) -> dict[str, Place]:
    rows = connection.execute(
        "select id as unit_id, path, level_0, level_1, level_2, level_3, code, name from units"
    ).fetchall()
    return {
        row[6]: Place(
            row[6],
            row[7],
            {name: r"\N" if value is None else str(value) for name, value in zip(PLACED, row, strict=False)},
        )
        for row in rows
    }


def _write(connection: psycopg.Connection, peer: psycopg.Connection, copier: Copier, shapes: dict[str, Any]) -> None:
    with connection.transaction():
        for name, lines in copier.rows.items():
            loading.write(connection, name, shapes[name].columns, lines)
    loading.write(peer, "petitions_petition", loading.PEER_COLUMNS, copier.clear)
    copier.rows.clear()
    copier.clear.clear()


def _accounts() -> dict[str, dict[str, str]]:
    """One account of each role in each measured unit: identifier and password."""
    session = db.session()
    enter(session, system_scope("bench"))
    found: dict[str, dict[str, str]] = {}
    for scope, code in SCOPES.items():
        unit = session.scalars(select(Unit).where(Unit.code == code)).one()
        for word, role in ROLES.items():
            identifier = f"{word}.{scope.upper()}"
            holder = f"Tài khoản đo lường {word} {scope}"
            account, password, _ = add_account(
                session, NewAccount(identifier, "user", unit, (role,), (), holder, "Đo lường"), "operator"
            )
            account.must_change_password = False
            found[f"{role} {scope}"] = {"identifier": identifier, "password": password, "unit": code}
    session.commit()
    return found
