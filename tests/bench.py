"""Measurements on many petitions (`make bench`): statements a page, seconds a form, memory of an export.

Prints figures; judges nothing.

BENCH_PETITIONS sets the number (100,000). The database is made once under build/bench and used again.
"""

import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random

from sqlalchemy import event, select

from app.extensions import db
from app.installation import initialise
from app.models import Account, Petition
from app.operations import content as persons
from app.operations.content import read_body, read_people
from app.operations.exchange.file_in import import_file
from app.operations.exchange.made_up import UNITS, petition
from app.operations.search import search
from app.operations.units import find_unit
from app.reporting.filling import fill
from app.security import sealed
from app.security.account_scope import permissions_and_scope
from app.security.scope import enter, system_scope
from app.text.fold import fold, words
from app.wsgi import serving

ROOT = Path(__file__).parent.parent
PETITIONS = int(os.environ.get("BENCH_PETITIONS", "100000"))
FOLDER = ROOT / "build" / f"bench-{PETITIONS}"
FORMS = ("01/TCD", "02/XLD", "03/GQKN", "04/GQTC", "05/KQTH")


def prepare() -> None:
    """The database of this size is there."""
    os.environ["INSTANCE_DIR"] = str(FOLDER)
    if (FOLDER / "demo-accounts.json").exists():
        return
    FOLDER.parent.mkdir(exist_ok=True)
    for arguments in (["init"], ["demo", "--petitions", str(PETITIONS)]):
        started = time.perf_counter()
        subprocess.run([sys.executable, "run.py", *arguments], cwd=ROOT, check=True, capture_output=True)
        print(f"{' '.join(arguments)}: {time.perf_counter() - started:.1f} s")


def signed_in(app, identifier):
    accounts = {
        account["identifier"]: account["password"]
        for account in json.loads((FOLDER / "demo-accounts.json").read_text())
    }
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login/").get_data(as_text=True)).group(1)
    assert (
        client.post(
            "/login/", data={"username": identifier, "password": accounts[identifier], "csrf_token": token}
        ).status_code
        == 302
    )
    return client


def page(app, client, name, address, times=15):
    """Milliseconds (median) and statements of one page."""
    statements = []
    with app.app_context():
        engine = db.engine
    listener = lambda *arguments: statements.append(arguments[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    spent = []
    for _ in range(times):
        statements.clear()
        started = time.perf_counter()
        answer = client.get(address)
        spent.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, answer.status_code
    event.remove(engine, "before_cursor_execute", listener)
    print(f"{name}: {statistics.median(spent):.1f} ms, {len(statements)} statements")
    return answer.get_data(as_text=True)


def pages(app):
    for identifier in ("CANBO.MAU", "LANHDAO.MAU"):
        client = signed_in(app, identifier)
        html = page(app, client, f"{identifier} list", "/petitions/")
        page(app, client, f"{identifier} inbox", "/inbox/")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html).group(1)
        page(
            app,
            client,
            f"{identifier} search of two words",
            client.post("/petitions/search", data={"text": "thu hoi", "csrf_token": token}).location,
        )
        key = re.search(r'href="(/petitions/[0-9a-f-]{36})"', html).group(1)
        page(app, client, f"{identifier} petition", key)
    client = signed_in(app, "LANHDAO.MAU")
    page(app, client, "list, last page", "/petitions/?after=2025-06-01_00000000-0000-7000-8000-000000000000")


def forms(app):
    with app.app_context():
        session = db.session()
        enter(session, system_scope("bench"))
        unit = find_unit(session, "H42")
        total = 0.0
        for form in FORMS:
            started = time.perf_counter()
            fill(session, form, unit, date(2025, 12, 15), date(2026, 12, 14))
            total += time.perf_counter() - started
            print(f"form {form}: {time.perf_counter() - started:.2f} s")
        print(f"five forms, whole tree, checks across forms included: {total:.2f} s")
        session.rollback()


def searches(app, number=300, before=60):
    """One to three words of petitions drawn at random, half of them typed without diacritics, as the leader whose
    unit oversees the whole tree.
    """
    random = Random(7)
    with app.app_context():
        session = db.session()
        enter(session, system_scope("bench"))
        numbers = random.sample(range(1, PETITIONS), 60)
        drawn = list(
            session.scalars(select(Petition).where(Petition.number.in_([f"MAU-{place:06d}" for place in numbers])))
        )
        texts = [
            " ".join(part for person in petition.persons for part in read_people(petition, person.role)[0].values())
            for petition in drawn
        ]
        pools = [
            words(f"{text} {read_body(petition.text)['summary']}") for text, petition in zip(texts, drawn, strict=True)
        ]
        session.rollback()
        account = session.scalars(select(Account).where(Account.username == "LANHDAO.MAU")).one()
        enter(session, permissions_and_scope(session, account)[1])
        spent = []
        worst = (0.0, "")
        for turn in range(
            before + number
        ):  # the first of each number of words are compiled, as once in the life of a process
            pool = random.choice(pools)
            chosen = (
                random.sample(pool, min(len(pool), random.randint(1, 3)))
                if turn % 10
                else ["khôngcótừnày", random.choice(pool)]
            )
            asked = " ".join(fold(word) if turn % 2 else word for word in chosen)
            started = time.perf_counter()
            found = search(session, asked, 26)  # a page of hits, and one more to know that there are more
            took = (time.perf_counter() - started) * 1000
            if turn >= before:
                spent.append(took)
                worst = max(worst, (took, f"{asked} ({len(found.petitions)})"))
            session.rollback()
            session.expunge_all()
    ranks = statistics.quantiles(spent, n=100)
    print(
        f"search, {number} of one to three words, whole tree: median {ranks[49]:.1f} ms, p95 {ranks[94]:.1f} ms,"
        f" slowest {worst[0]:.1f} ms “{worst[1]}”"
    )


@contextmanager
def timed(module, *names):
    """Seconds spent in these functions of a module, as a list of one number."""
    spent = [0.0]
    kept = {name: getattr(module, name) for name in names}

    def wrapped(function):
        def run(*arguments, **named):
            started = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                spent[0] += time.perf_counter() - started

        return run

    for name, function in kept.items():
        setattr(module, name, wrapped(function))
    try:
        yield spent
    finally:
        for name, function in kept.items():
            setattr(module, name, function)


def shares(app):
    """What opening costs of a list page, and what sealing and tokens cost of an import."""
    client = signed_in(app, "LANHDAO.MAU")
    client.get("/petitions/")
    with timed(sealed, "open_bytes") as spent:
        started = time.perf_counter()
        for _ in range(20):
            client.get("/petitions/")
        total = time.perf_counter() - started
    print(f"opening sealed values: {spent[0] / total:.1%} of a list page ({total * 50:.1f} ms)")
    folder = ROOT / "build" / "bench-import"
    shutil.rmtree(folder, ignore_errors=True)
    environ = dict(os.environ) | {"INSTANCE_DIR": str(folder)}
    os.environ["INSTANCE_DIR"] = str(folder)
    initialise(environ)
    fresh = serving(environ)
    random = Random(3)
    lines = [
        {"type": "unit", "code": code, "name": name, "level": level, **({"parent": "H42"} if code != "H42" else {})}
        for code, name, level in UNITS
    ]
    lines += [petition(random, f"N-{place}", random.choice(UNITS)[0], date(2025, 8, 1)) for place in range(5000)]
    source = folder / "file.jsonl"
    source.write_text("\n".join(json.dumps(line, ensure_ascii=False, default=str) for line in lines), encoding="utf-8")
    with fresh.app_context(), timed(sealed, "seal_bytes") as sealing, timed(persons, "tokens_of") as making:
        session = db.session()
        enter(session, system_scope("bench"))
        started = time.perf_counter()
        import_file(session, source)
        session.commit()
        total = time.perf_counter() - started
    print(f"import of 5,000 petitions: {total:.1f} s; sealing {sealing[0] / total:.1%}, tokens {making[0] / total:.1%}")
    os.environ["INSTANCE_DIR"] = str(FOLDER)


def export(app):
    """Run in a process of its own: its peak memory is that of the export."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    client = signed_in(app, "TONGHOP.MAU")
    started = time.perf_counter()
    size = len(client.get("/petitions/export").get_data())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"export of the whole tree to .xlsx: {time.perf_counter() - started:.1f} s, {size / 1e6:.1f} MB, peak"
        f" {peak:.0f} MB (application before: {before:.0f} MB)"
    )


if __name__ == "__main__":
    if "export" in sys.argv:
        os.environ["INSTANCE_DIR"] = str(FOLDER)
        export(serving())
    else:
        prepare()
        application = serving()
        print(f"{PETITIONS} petitions")
        pages(application)
        for when in ("after the start", "again"):  # the first time rows come from the disk
            print(when, end=": ")
            searches(application)
        forms(application)
        shares(application)
        sys.stdout.flush()
        subprocess.run([sys.executable, "-m", "tests.bench", "export"], cwd=ROOT, check=True)
