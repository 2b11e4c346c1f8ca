"""What is seen only inside the application: statements of a page, what sealing and tokens cost."""

import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import Any

from sqlalchemy import event

from app.clock import today
from app.extensions import db
from app.operations import content as persons
from app.security import sealed
from app.wsgi import serving
from tests.bench.place import environment, read_marker
from tests.bench.tree import PROVINCE

WORDS = "thu hoi"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PETITION = re.compile(r'href="(/petitions/[0-9a-f-]{36})"')


def _signed_in(app: Any, account: str) -> Any:
    known = read_marker()["accounts"][account]
    client = app.test_client()
    token = TOKEN.search(client.get("/login/").get_data(as_text=True)).group(1)
    told = {"username": known["identifier"], "password": known["password"], "csrf_token": token}
    if client.post("/login/", data=told).status_code != 302:
        raise SystemExit(f"{known['identifier']} could not sign in")
    return client


@contextmanager
def _heard(app: Any) -> Iterator[list[tuple[float, str]]]:
    """The statements that the application sends meanwhile, and the milliseconds each took."""
    heard: list[tuple[float, str]] = []
    began = [0.0]

    def begin(*_told: Any) -> None:
        began[0] = time.perf_counter()

    def end(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        heard.append(((time.perf_counter() - began[0]) * 1000, statement))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", begin)
        event.remove(engine, "after_cursor_execute", end)


def _page(app: Any, client: Any, name: str, address: str, number: int = 15) -> str:
    spent = []
    with _heard(app) as heard:
        for _ in range(number):
            heard.clear()
            began = time.perf_counter()
            answer = client.get(address)
            spent.append((time.perf_counter() - began) * 1000)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    whole = sum(took for took, _ in heard)
    (slowest, statement) = max(heard)
    told = f"{len(heard):>4} statements, {whole:.1f} ms of them; slowest {slowest:.1f} ms: {_about(statement)}"
    print(f"{name:<42}{statistics.median(spent):>10.1f} ms {told}", flush=True)
    text: str = answer.get_data(as_text=True)
    return text


def _about(statement: str) -> str:
    """What a statement is about: its verb, and from FROM on."""
    plain = " ".join(statement.split())
    return plain[:6] + " … " + plain[max(0, plain.find(" FROM ")) :][:90]


def statements(app: Any) -> None:
    """Milliseconds without a server in between, and statements, of the pages most used."""
    for account in ("officer district", "leader province", "leader country"):
        client = _signed_in(app, account)
        html = _page(app, client, f"{account}: list", "/petitions/")
        _page(app, client, f"{account}: inbox", "/inbox/")
        told = {"text": WORDS, "csrf_token": TOKEN.search(html).group(1)}
        _page(app, client, f"{account}: search of two words", client.post("/petitions/search", data=told).location)
        _page(app, client, f"{account}: petition", PETITION.search(html).group(1))
        if account.startswith("leader"):
            _page(app, client, f"{account}: form", "/forms/", 2)


@contextmanager
def _timed(module: Any, *names: str) -> Iterator[list[float]]:
    """Seconds spent in these functions of a module, as a list of one number."""
    spent = [0.0]
    kept = {name: getattr(module, name) for name in names}

    def timing(function: Callable) -> Callable:
        @wraps(function)
        def run(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                spent[0] += time.perf_counter() - began

        return run

    for name, function in kept.items():
        setattr(module, name, timing(function))
    try:
        yield spent
    finally:
        for name, function in kept.items():
            setattr(module, name, function)


def shares(app: Any) -> None:
    """What opening costs of a list page and of a search, and sealing and tokens of registering."""
    client = _signed_in(app, "leader province")
    html = client.get("/petitions/").get_data(as_text=True)
    told = {"text": f'"{WORDS}"', "csrf_token": TOKEN.search(html).group(1)}
    for name, address in (
        ("list", "/petitions/"),
        ("search of a phrase", client.post("/petitions/search", data=told).location),
    ):
        with _timed(sealed, "open_bytes") as spent:
            whole = _seconds(lambda address=address: client.get(address))
        print(f"opening sealed values: {spent[0] / whole:.1%} of a {name} ({whole * 50:.1f} ms, unit {PROVINCE})")
    officer = _signed_in(app, "officer district")
    token = TOKEN.search(officer.get("/petitions/new").get_data(as_text=True)).group(1)
    form = {
        "kind": "reflection",
        "source": "post",
        "field": "land",
        "signatories": "one",
        "people": "1",
        "instance": "1",
        "discipline": "",
    }
    form |= {
        "received_on": f"{today() - timedelta(days=40):%d/%m/%Y}",
        "petitioners-0-name": "Quách Khắc Đo",
        "summary": "Kiến nghị về đường liên xã.",
        "csrf_token": token,
    }
    with _timed(sealed, "seal_bytes") as sealing, _timed(persons, "tokens_of") as making:
        whole = _seconds(lambda: officer.post("/petitions/new", data=form))
    print(
        f"registering: {whole * 50:.1f} ms; sealing {sealing[0] / whole:.1%}, tokens {making[0] / whole:.1%}",
        flush=True,
    )


def _seconds(act: Callable[[], Any], number: int = 20) -> float:
    began = time.perf_counter()
    for _ in range(number):
        act()
    return time.perf_counter() - began


if __name__ == "__main__":
    application = serving(environment())
    for part in sys.argv[1:]:
        {"statements": statements, "shares": shares}[part](application)
