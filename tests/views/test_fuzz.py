"""No address, argument or form value is a 500: every route and field, with what nobody types on purpose.

Forms are found by opening their pages; keys are those of the account's own unit, so that what stands behind the checks
is reached. A form that was accepted gets another petition, case or account for the next try.
"""

import io
import itertools
import re
from urllib.parse import quote, unquote_to_bytes

import pytest
from flask import got_request_exception
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import escape

from tests.conftest import Browser
from tests.support.fields import Fields
from tests.support.fuzz_stage import ADDRESSES, ARGUMENTS_OF, build_stage
from tests.support.fuzz_values import (
    ALONE,
    ARGUMENTS,
    CHOICES,
    DATA,
    DAYS,
    HEADERS,
    JSON,
    LONG,
    NAMES,
    NUMBERS,
    PATHS,
    TEXTS,
)
from tests.support.routes import ROUTES

PLAYERS = ("officer", "leader", "manager", "reception", "synthesis", "custodian", "auditor", "admin")
TOLD = re.compile(
    r"Traceback|psycopg|sqlalchemy|[Ss]yntax error|SELECT .* FROM|INSERT INTO|UPDATE \w+ SET|%\((?:text|first|second)\)"
)
SHOWN = ("text", "day", "number", "textarea")
HEAVY = ("PetitionView.export", "FormView.export", "FormView.form", "DocumentView.picture", "AccountActionView.reports")
# What a form holds where its page does not say it, so that it would be taken but for the field that is tried.
VALID = {
    "PetitionView.new": {"received_on": "05/10/2026", "petitioners-0-name": "Trần Thị Mẫu", "summary": "Thu hồi đất"},
    "PetitionView.process": {"on": "21/10/2026", "eligible": "1", "competent": "1", "direction": "accept"},
    "PetitionView.step": {"on": "21/10/2026", "handlers": "OFFICER", "note": "vào sổ hai lần"},
    "CaseView.step": {"on": "21/10/2026", "paper": "1/QĐ", "number": "2/QĐ", "note": "lý do", "criteria": "1"},
    "TaskView.new": {"origin": "given", "what": "Rà soát", "units-0": "A", "due_on": "21/12/2026"},
    "TaskView.step": {"on": "21/11/2026", "note": "đã làm", "due_on": "21/12/2027"},
    "ReceptionView.new": {"on": "21/10/2026", "kind": "regular", "people": "1", "summary": "Tiếp"},
    "ReceptionView.days": {"on": "21/12/2026"},
    "SecrecyView.determine": {"level": "0"},
    "ApprovalView.ask": {"reason": "lý do đủ dài để xem"},
    "ApprovalView.ask_export": {"reason": "lý do đủ dài để xem"},
    "UnitView.add": {"name": "Đơn vị mới", "level": "department"},
    "HolidayView.add": {"kind": "off"},
    "AccountView.add": {"kind": "user", "holder": "Người Mới", "unit": "A", "username": "MOI"},
    "AccountActionView.act": {"holder": "Người Nhận", "note": "lý do", "paper": "1/QĐ"},
    "AccountRequestView.new": {"paper": "1/TTr", "lines-0-holder": "Người Xin", "lines-0-roles": "officer"},
}
# Fields of forms that stand on other pages.
ELSEWHERE = {
    "PetitionView.search": {"text": TEXTS, "kind": CHOICES, "unit": CHOICES, "received_from": DAYS, "subtree": CHOICES},
    "DraftView.keep": {"address": TEXTS, "typed": JSON},
    "DraftView.drop": {"address": TEXTS},
    "DraftView.beat": {"x": CHOICES},
    "CaseView.search": {"text": TEXTS, "kind": CHOICES, "unit": CHOICES, "handler": TEXTS, "subtree": CHOICES},
    "PetitionView.reveal": {"note": TEXTS},
    "ReceptionView.reveal": {"note": TEXTS},
    "ReceptionView.search": {"text": TEXTS, "kind": CHOICES, "held_from": DAYS, "unit": CHOICES, "linked": CHOICES},
    "ReceptionView.link": {"petition": TEXTS},
    "CorrectionView.undo": {"note": TEXTS},
    "CorrectionView.entry": {"note": TEXTS, "on": DAYS, "state_money": NUMBERS},
    "DocumentView.reveal": {"note": TEXTS},
    "DocumentView.extract": {"x": CHOICES},
    "DocumentView.upload": {"file": CHOICES},
    "DocumentView.checked": {"x": CHOICES},
    "ReleaseView.decide": {"granted": CHOICES},
    "SecrecyView.mark": {"account": TEXTS},
    "SecrecyView.decide": {"stays_out": CHOICES},
    "HolderView.confirm": {"seen": TEXTS + CHOICES},
    "HolderView.change": {"granted": CHOICES},
    "HolderView.policy": {"granted": CHOICES},
    "HolderView.review": {"account": CHOICES + NUMBERS},
    "AccountRequestView.send_back": {"note": TEXTS},
    "AccountRequestView.forward": {"request": CHOICES, "paper": TEXTS, "note": TEXTS},
    "AccountRequestView.decide": {"granted": CHOICES, "paper": TEXTS, "note": TEXTS},
    "OwnAccountView.end_session": {"x": CHOICES},
    "OwnAccountView.end_others": {"x": CHOICES},
    "FactorView.end": {"x": CHOICES},
    "AccountActionView.unlock": {"x": CHOICES},
    "AccountActionView.end_session": {"x": CHOICES},
    "HolidayView.delete": {"x": ("x",)},
    "HolidayYearView.delete": {"x": ("x",)},
    "SignInView.refused": {"x": TEXTS},
    "FactorView.key": {"name": TEXTS, "credential": JSON},
    "SignInView.second": {"code": NUMBERS + TEXTS, "credential": JSON},
    "SignInView.login": {"username": TEXTS, "password": TEXTS},
}


ODD = (
    "self=1",
    "page_X=%C2%B2",
    "%FF=1",
    "_flt_0_=x",
    "endpoint=x",
    "page_=1",
    "psize_X=" + LONG,
    "%00=1",
    "&&=&=",
    "a" * 5000,
    "group_by=x",
    "_flt_9_name=x",
)
EACH = 1  # values that a field gets alone; it gets the others together with its like


class Stage:
    """The application with its people at their browsers; every try is counted, every one that failed kept."""

    def __init__(self, installation, keys):
        self.app = installation.app
        self.pools = keys
        self.keys = {noun: str(next(pool)) for noun, pool in keys.items()}
        self.browsers = {}
        self.tokens = {}
        self.tries = 0
        self.failures = []
        self.raised = ""
        got_request_exception.connect(self._raised, self.app)
        self.rules = {rule.endpoint: rule for rule in self.app.url_map.iter_rules()}

    def _raised(self, _app, exception, **_more):
        self.raised = f"{type(exception).__name__}: {str(exception)[:200]}"

    def fresh(self):
        """Every noun has the next row of its pool."""
        self.keys = {noun: str(next(pool)) for noun, pool in self.pools.items()}

    def people(self, endpoint):
        """Who may open it; nobody signed in where anybody may."""
        roles = ROUTES[endpoint].roles
        return [role for role in PLAYERS if role in roles] if roles is not None else [None, "officer"]

    def browser(self, who):
        """That person's browser, signed in."""
        if who not in self.browsers:
            self.browsers[who] = Browser(self.app)
            if who is not None:
                self.browsers[who].sign_in(who.upper())
            self.tokens[who] = self.browsers[who].token()
        return self.browsers[who].client

    def addresses(self, endpoint):
        """Its addresses with one's own keys in them."""
        return [call.format(**self.keys) for call in ADDRESSES.get(endpoint, ROUTES[endpoint].calls)]

    def send(self, who, method, address, told, **more):
        """The answer; the path and the query are sent byte for byte."""
        path, _, query = address.partition("?")
        client = self.browser(who)
        self.raised = ""
        if method == "POST" and "data" in more and isinstance(more["data"], dict):
            more["data"] = {"csrf_token": self.tokens[who], **more["data"]}
        raw = {"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query} | more.pop("environ", {})
        answer = client.open("/", method=method, environ_overrides=raw, **more)
        self.tries += 1
        text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        if answer.status_code >= 500 or TOLD.search(text):
            shown = self.raised or (TOLD.search(text) or [answer.status_code])[0]
            self.failures.append(f"{who} {method} {address[:150]} {told[:120]} → {answer.status_code} {shown}")
        if answer.status_code == 302 and "/login/" in answer.headers["Location"] and who is not None:
            del self.browsers[who]
        return answer, text

    def done(self, least):
        """Nothing failed, and it was tried often enough."""
        print(f"{self.tries} tries, {len(self.failures)} failed", *self.failures[:200], sep="\n")
        assert self.failures == []
        assert self.tries >= least


@pytest.fixture(scope="module")
def stage(installation, tmp_path_factory):
    installation.app.testing = False  # a failure is answered as it would be
    found = Stage(installation, build_stage(installation, tmp_path_factory.mktemp("fuzz")))
    yield found
    installation.app.testing = True


@pytest.fixture(autouse=True)
def begin(stage):
    stage.tries = 0
    stage.failures = []


_round = itertools.count()


def _some(values, few):
    """All of them, or every fourth, others each time, where one converter stands before many routes."""
    return values[next(_round) % 4 :: 4] if few else values


def test_every_path_parameter(stage):
    for endpoint, rule in stage.rules.items():
        if not rule.arguments or endpoint.endswith("static"):
            continue
        people = itertools.cycle(stage.people(endpoint))
        adapter = stage.app.url_map.bind("localhost")
        method = "GET" if "GET" in rule.methods else "POST"
        _, known = adapter.match(stage.addresses(endpoint)[0].partition("?")[0], method=method)
        values = {name: _some(PATHS, f"uuid:{name}" in rule.rule) for name in sorted(rule.arguments)}
        for name, value in ((name, value) for name, some in values.items() for value in some):
            parts = {key: quote(str(one)) for key, one in known.items()} | {name: value}
            path = re.sub(r"<(?:[a-z]+:)?(\w+)>", lambda found, parts=parts: parts[found.group(1)], rule.rule)
            stage.send(next(people), method, path, name, **({"data": {}} if method == "POST" else {}))
    stage.done(least=700)


def test_every_argument(stage):
    for endpoint, rule in stage.rules.items():
        if "GET" not in rule.methods or endpoint.endswith("static") or not ROUTES[endpoint].calls:
            continue
        people = itertools.cycle(stage.people(endpoint))
        known = ARGUMENTS_OF.get(endpoint, ())
        path = stage.addresses(endpoint)[0].partition("?")[0]
        values = ALONE if endpoint in HEAVY else ARGUMENTS if known else _some(ALONE, few=True)
        for value in (value.replace("{key}", stage.keys["petition"]) for value in values):
            together = [f"{name}={value}" for name in (*known, "_l_", "x")]
            stage.send(next(people), "GET", f"{path}?{'&'.join(together)}", "together")
            for name in known if value in ALONE else {"after", "page"} & {*known}:
                stage.send(next(people), "GET", f"{path}?{name}={value}", name)
        for odd in _some(ODD, not known):
            stage.send(next(people), "GET", f"{path}?{odd}", "name")
    stage.done(least=1000)


def tries_of(fields, whole):
    """What is put into which fields: into each alone a few; where `whole`, each value into all of its kind."""
    texts = itertools.cycle(TEXTS), itertools.cycle(NUMBERS), itertools.cycle(DAYS), itertools.cycle(CHOICES)
    kinds = {
        "day": (DAYS, texts[2]),
        "number": (NUMBERS, texts[1]),
        "text": (TEXTS, texts[0]),
        "textarea": (TEXTS, texts[0]),
        "password": (TEXTS[:3], texts[0]),
    }
    like = {}
    for name, (kind, _value) in fields.items():
        values, some = kinds.get(kind, (CHOICES, texts[3]))
        like.setdefault(values, []).append(name)
        yield from (([name], value) for value in itertools.islice(some, EACH if whole else 1))
    for values, names in like.items() if whole else ():
        yield from ((names, value) for value in values)


def forms_of(stage, endpoint):
    """For each address of a screen with a form: who gets it, the address as a template, the fields."""
    for place, _call in enumerate(stage.addresses(endpoint)):
        for who in stage.people(endpoint):
            answer, page = stage.send(who, "GET", stage.addresses(endpoint)[place], "form")
            fields = Fields(page).found if answer.status_code == 200 and 'method="post"' in page else {}
            for name in [name for name in fields if re.search(r"-[1-9]\d*-", name)]:
                del fields[name]  # the first line of several is like the others
            if fields:
                yield place, who, fields
                break


def test_every_form_field(stage):
    reached = {}
    for endpoint, rule in stage.rules.items():
        if not {"GET", "POST"} <= rule.methods or endpoint in ELSEWHERE:
            continue
        for place, who, fields in forms_of(stage, endpoint):
            # Without what tells a form from the same one sent again: each try is another form.
            valid = {name: value for name, (kind, value) in fields.items() if value and name != "once"} | {
                name: value for name, value in VALID.get(endpoint, {}).items() if name in fields
            }
            known = reached.setdefault(endpoint, set())
            whole = not {*fields} <= known
            known.update(fields)
            for names, value in tries_of(fields, whole):
                address = stage.addresses(endpoint)[place]
                told = f"{' '.join(names)}={value[:60]!r}"
                answer, page = stage.send(who, "POST", address, told, data=valid | dict.fromkeys(names, value))
                if answer.status_code == 302:
                    stage.fresh()
                shown = fields[names[0]][0] in SHOWN and value.isprintable() and "id_number" not in names[0]
                lost = shown and answer.status_code == 200 and str(escape(value.strip()[:400])) not in page
                if lost and names[0] in Fields(page).found:
                    stage.failures.append(f"{address} {told} is not shown again")
    for endpoint, fields in ELSEWHERE.items():
        people = itertools.cycle(stage.people(endpoint))
        for name, values in fields.items():
            for value in values:
                for address in stage.addresses(endpoint)[:1]:
                    form = ROUTES[endpoint].form | {name: value}
                    answer, _page = stage.send(next(people), "POST", address, f"{name}={value[:60]!r}", data=form)
                    if answer.status_code == 302:
                        stage.fresh()
    asked = {endpoint for endpoint, rule in stage.rules.items() if {"GET", "POST"} <= rule.methods}
    assert asked - {*ELSEWHERE} - {*reached} == set(), "a form that nobody on the stage reached"
    stage.done(least=800)


def test_file_names_and_files_that_are_none(stage):
    uploads = {"DocumentView.upload": "officer", "RegisterView.register": "officer", "MinutesView.replace": "admin"}
    for endpoint, who in (uploads | {"AccountActionView.act": "admin"}).items():
        calls = stage.addresses(endpoint)
        address = next((call for call in calls if call.endswith("/bind")), calls[0])
        for name, data in [*zip(NAMES, itertools.cycle(DATA)), *zip(itertools.cycle(("a.csv", "a.xlsx")), DATA)]:
            form = {"file": (io.BytesIO(data), name), "note": "x", "encoding": ""}
            stage.send(who, "POST", address, f"file={name[:60]!r}", data=form)
        for filename in (b"a\xff\xfe.csv", b'a"b.csv', b"=?utf-8?B?//8=?=", b"\xed\xa0\x80.csv"):
            part = b"--b\r\nContent-Disposition: form-data; name="
            body = part + b'"csrf_token"\r\n\r\n' + stage.tokens[who].encode() + b"\r\n"
            body += part + b'"file"; filename="' + filename + b'"\r\n\r\nx\r\n--b--\r\n'
            media = {"content_type": "multipart/form-data; boundary=b"}
            stage.send(who, "POST", address, f"file={filename!r}", data=body, **media)
    stage.done(least=60)


def test_bodies_that_are_no_form(stage):
    for endpoint, rule in stage.rules.items():
        if "POST" not in rule.methods or not ROUTES[endpoint].calls or endpoint.endswith("delete"):
            continue
        people = itertools.cycle(stage.people(endpoint))
        bodies = [(body.encode(), "application/json") for body in JSON[:3]] + [
            (b"\xff\xfe=\x00&&=&%ZZ=%", "application/x-www-form-urlencoded"),
            (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
            (b"<x/>", "text/xml"),
            (b"on=1&on=2&on[]=3", "application/x-www-form-urlencoded; charset=utf-7"),
        ]
        for body, media in bodies:
            who = next(people)
            stage.browser(who)
            sent = {"data": body, "content_type": media, "headers": {"X-CSRFToken": stage.tokens[who]}}
            stage.send(who, "POST", stage.addresses(endpoint)[0], f"{media} {body[:40]!r}", **sent)
    stage.done(least=250)


def test_headers_that_are_odd(stage):
    for headers, (who, method, address) in itertools.product(
        HEADERS,
        (
            (None, "GET", "/login/"),
            ("officer", "GET", "/inbox/"),
            ("admin", "POST", "/units/add"),
            (None, "GET", "/static/donthu.css"),
            (None, "POST", "/login/"),
        ),
    ):
        stage.browser(who)
        environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if f"HTTP_{name}" in environ:
                environ[name] = environ.pop(f"HTTP_{name}")
        form = {"data": {"username": "X", "password": "y"}} if method == "POST" else {}
        stage.send(who, method, address, str(headers)[:80], environ=environ, **form)
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "FOO", "HEAD", "OPTIONS"):
        for address in ("/", "/login/", "/petitions/", "/login/refused", "/khong-co"):
            stage.send("officer", method, address, "method")
    stage.done(least=100)


def test_any_text_at_all(stage):
    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.text(max_size=40))
    def try_it(text):
        address = quote(text, safe="", errors="surrogatepass")
        stage.send("officer", "GET", f"/petitions/?received_from={address}", "received_from")
        stage.send("officer", "GET", f"/documents/{address}", "key")
        sent = text.encode("utf-8", "replace").decode()
        form = dict.fromkeys(("people", "summary", "dated_on", "petitioners-0-name"), sent)
        stage.send("officer", "POST", "/petitions/new", repr(text), data={"received_on": "05/10/2026", **form})

    try_it()
    stage.done(least=50)
