"""Templates as they stand in the database, in clusters: a case with its petitions, or a petition without one."""

import json
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from app.security.sealed import open_bytes

# table -> the column that binds a row to the one before it; in the order in which rows are written
TABLES = {
    "cases": None, "suspensions": "case_id", "extensions": "case_id", "endings": "case_id", "decisions": "case_id",
    "execution_entries": "case_id",
    "petitions": "case_id", "petition_texts": "petition_id", "persons": "petition_id", "steps": "", "deadlines": "",
    "receptions": None, "reception_texts": "reception_id",
}  # fmt: skip
SEALED = {"petition_texts": "body", "persons": "identity", "reception_texts": "body"}
PLACED = ("unit_id", "path", "level_0", "level_1", "level_2", "level_3")
NULL = r"\N"


@dataclass
class Shape:
    """The columns of a table in order, and where those stand that a copy changes."""

    name: str
    columns: list[str]

    def __post_init__(self) -> None:
        self.at = {name: place for place, name in enumerate(self.columns)}
        self.links = [
            self.at[name] for name in ("petition_id", "case_id", "reception_id", "previous_id") if name in self.at
        ]
        self.placed = [(self.at[name], name) for name in PLACED if name in self.at]
        self.sealed = self.at.get(SEALED.get(self.name, ""), None)
        self.numbered = self.at["number"] if self.name in ("petitions", "cases", "receptions") else None


@dataclass
class Line:
    """A row as COPY writes it, and what its sealed value says."""

    shape: Shape
    values: list[str]
    told: dict[str, Any] | None = None


@dataclass
class Cluster:
    """Rows that are copied together; `day` orders clusters as they would have come."""

    day: str
    petitions: int
    lines: list[Line] = field(default_factory=list)


def read_shapes(connection: psycopg.Connection) -> dict[str, Shape]:
    """The columns of the tables that are copied."""
    query = (
        "select column_name from information_schema.columns "
        "where table_schema = 'public' and table_name = %s order by ordinal_position"
    )
    return {name: Shape(name, [row[0] for row in connection.execute(query, [name])]) for name in TABLES}


def read_lines(connection: psycopg.Connection, shape: Shape) -> list[Line]:
    """Every row of the table."""
    statement = sql.SQL("copy {} ({}) to stdout").format(
        sql.Identifier(shape.name), sql.SQL(", ").join(map(sql.Identifier, shape.columns))
    )
    with connection.cursor().copy(statement) as copy:
        text = b"".join(copy).decode()
    return [_opened(Line(shape, line.split("\t"))) for line in text.splitlines()]


def _opened(line: Line) -> Line:
    if line.shape.sealed is not None and line.values[line.shape.sealed] != NULL:
        blob = bytes.fromhex(line.values[line.shape.sealed].removeprefix(r"\\x"))
        place = f"{line.shape.name}.{SEALED[line.shape.name]}"
        line.told = json.loads(open_bytes(place, line.values[line.shape.at["id"]], blob))
    return line


def read_clusters(connection: psycopg.Connection) -> tuple[list[Cluster], list[Cluster]]:
    """The clusters of petitions, and those of receptions, in the order of their days."""
    shapes = read_shapes(connection)
    clusters: dict[str, Cluster] = {}
    owner: dict[str, str] = {}
    for name, shape in shapes.items():
        for line in read_lines(connection, shape):
            key = line.values[shape.at["id"]]
            owner[key] = _root(line, owner) or key
            cluster = clusters.setdefault(owner[key], Cluster("", 0))
            cluster.lines.append(line)
            if name in ("petitions", "receptions"):
                cluster.day = max(
                    cluster.day, line.values[shape.at["received_on" if name == "petitions" else "held_on"]]
                )
                cluster.petitions += name == "petitions"
    received = [cluster for cluster in clusters.values() if cluster.petitions]
    held = [cluster for cluster in clusters.values() if cluster.lines[0].shape.name == "receptions"]
    return sorted(received, key=lambda one: one.day), sorted(held, key=lambda one: one.day)


def _root(line: Line, owner: dict[str, str]) -> str | None:
    at = line.shape.at
    for name in ("case_id", "petition_id", "reception_id"):
        if name in at and line.values[at[name]] != NULL:
            return owner[line.values[at[name]]]
    return None
