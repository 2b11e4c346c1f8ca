"""Pages by hand: SQL over the peers' table and as little HTML as shows it. What nothing on this machine does faster."""

import os
import urllib.parse
import uuid
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

import psycopg
from psycopg import sql

COLUMNS = sql.SQL("p.id, p.number, p.received_on, p.kind, p.name, left(p.summary, 110), p.state, p.due_on, u.name")
NEWEST = sql.SQL("order by p.received_on desc, p.id desc limit 26")
FROM = sql.SQL("from petitions_petition p join petitions_unit u on u.id = p.unit_id")
LEVELS = {str(level): sql.Identifier("p", f"level_{level}") for level in range(4)}
Answer = tuple[str, str, list[tuple[str, str]]]
_connections: list[psycopg.Connection] = []


def connection() -> psycopg.Connection:
    """This process's connection."""
    if not _connections:
        told = {"dbname": "PEER_NAME", "user": "PEER_USER", "host": "PEER_HOST", "port": "PEER_PORT"}
        address = {key: os.environ[name] for key, name in told.items()}
        _connections.append(psycopg.connect(**address, autocommit=True, prepare_threshold=None))
    return _connections[0]


def _table(rows: Iterable[tuple[Any, ...]]) -> str:
    lines = (
        "<tr>"
        + "".join(f"<td>{escape(str(value or ''))}</td>" for value in row[1:])
        + f'<td><a href="/petition?id={row[0]}">→</a></td></tr>'
        for row in rows
    )
    return "<table>" + "".join(lines) + "</table>"


def page(asked: dict[str, str]) -> Answer:
    """A page of a unit's list, after the cursor where there is one."""
    where = sql.SQL("where {} = %s").format(LEVELS[asked["level"]])
    values: list[Any] = [uuid.UUID(asked["root"])]
    if asked.get("after"):
        day, _, key = asked["after"].partition("_")
        where += sql.SQL(" and (p.received_on, p.id) < (%s, %s)")
        values += [day, uuid.UUID(key)]
    return _found(where, values)


def search(asked: dict[str, str]) -> Answer:
    """The newest that hold every word; a phrase in quotation marks is one word."""
    text = asked["q"]
    words = [text.strip('"')] if text.startswith('"') else text.split()
    where = sql.SQL("where {} = %s").format(LEVELS[asked["level"]])
    values: list[Any] = [uuid.UUID(asked["root"])]
    for word in words:
        where += sql.SQL(" and (p.name ilike %s or p.summary ilike %s)")
        values += [f"%{word}%", f"%{word}%"]
    return _found(where, values)


def _found(where: sql.Composed, values: list[Any]) -> Answer:
    statement = sql.SQL(" ").join((sql.SQL("select"), COLUMNS, FROM, where, NEWEST))
    return "200 OK", _table(connection().execute(statement, values).fetchall()), []


def petition(asked: dict[str, str]) -> Answer:
    """One petition."""
    query = sql.SQL("select p.*, u.name {} where p.id = %s").format(FROM)
    cursor = connection().execute(query, [uuid.UUID(asked["id"])])
    row = cursor.fetchone()
    names = [column.name for column in cursor.description or ()]
    return (
        "200 OK",
        "<dl>"
        + "".join(f"<dt>{name}<dd>{escape(str(value))}" for name, value in zip(names, row or (), strict=False))
        + "</dl>",
        [],
    )


def add(asked: dict[str, str]) -> Answer:
    """One petition more."""
    key = uuid.uuid4()
    names = ("kind", "source", "field", "received_on", "name", "address", "id_number", "phone", "summary")
    columns = ("id", "number", "unit_id", f"level_{int(asked['level'])}", "state", *names)
    values = [
        key,
        f"H-{key.hex[:16]}",
        uuid.UUID(asked["root"]),
        uuid.UUID(asked["root"]),
        "received",
        *(asked[name] for name in names),
    ]
    places = sql.SQL(", ").join(sql.Placeholder() * len(columns))
    statement = sql.SQL("insert into petitions_petition ({}) values ({})").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), places
    )
    connection().execute(statement, values)
    return "302 Found", "", [("Location", f"/petition?id={key}")]


ROUTES: dict[str, Callable[[dict[str, str]], Answer]] = {
    "/list": page,
    "/search": search,
    "/petition": petition,
    "/add": add,
}


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """What gunicorn runs."""
    sent = environ["QUERY_STRING"]
    if environ["REQUEST_METHOD"] == "POST":
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    status, text, headers = ROUTES[environ["PATH_INFO"]](dict(urllib.parse.parse_qsl(sent)))
    body = f"<!DOCTYPE html><html lang=vi><meta charset=utf-8><title>Đơn</title>{text}".encode()
    start_response(status, [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body))), *headers])
    return [body]
