"""Copies of a cluster: new ids and unit, other persons and texts, sealed and hashed anew by the product's functions."""

from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import Any

from app.operations.content import PETITIONER, RESPONDENT, tokens_for
from app.security.ids import uuid7
from app.security.keys import DENUNCIATION, IDENTITY, TEXT
from app.security.sealed import seal
from tests.bench import texts
from tests.bench.clusters import NULL, SEALED, Cluster, Line

CLEAR = (
    "id",
    "number",
    "unit_id",
    "level_0",
    "level_1",
    "level_2",
    "level_3",
    "kind",
    "source",
    "field",
    "state",
    "received_on",
    "due_on",
)
PERSON = ("name", "address", "id_number", "phone")


@dataclass(frozen=True)
class Place:
    """A unit as rows carry it."""

    code: str
    name: str
    columns: dict[str, str]


@dataclass
class _Petition:
    """What is told of a petition while its rows are made: by role its persons, and its text's row."""

    kind: str
    closed: bool
    clear: list[str]
    field: str
    people: dict[str, list[dict[str, Any]]]
    body: dict[str, Any] | None = None
    text: list[str] | None = None


class Copier:
    """Makes rows for COPY, by table; `clear` holds the same petitions for the peers."""

    def __init__(self, seed: int = 3) -> None:
        self.random = Random(seed)
        self.made = 0
        self.rows: dict[str, list[str]] = {}
        self.clear: list[str] = []

    def copy(self, cluster: Cluster, place: Place) -> None:
        """The cluster's rows once more, in that unit."""
        known = {line.values[line.shape.at["id"]]: str(uuid7()) for line in cluster.lines}
        petitions: dict[str, _Petition] = {}
        made = []
        for line in cluster.lines:
            values = self._moved(line, known, place)
            self._fill(line, values, petitions, place)
            made.append((line.shape.name, values))
        for petition in petitions.values():
            self._finish(petition)
        for name, values in made:
            self.rows.setdefault(name, []).append("\t".join(values))

    def _moved(self, line: Line, known: dict[str, str], place: Place) -> list[str]:
        shape = line.shape
        values = line.values.copy()
        values[0 if shape.columns[0] == "id" else shape.at["id"]] = known[line.values[shape.at["id"]]]
        for at in shape.links:
            values[at] = known.get(values[at], NULL)
        for at, name in shape.placed:
            values[at] = place.columns[name]
        if shape.numbered is not None:
            self.made += 1
            values[shape.numbered] = f"{'B' if shape.name == 'petitions' else place.code + '/B'}-{self.made:08d}"
        return values

    def _fill(self, line: Line, values: list[str], petitions: dict[str, _Petition], place: Place) -> None:
        shape = line.shape
        if shape.name == "petitions":
            kind = values[shape.at["kind"]]
            clear = [values[shape.at[name]] for name in CLEAR]
            people: dict[str, list[dict[str, Any]]] = {PETITIONER: [], RESPONDENT: []}
            petitions[values[shape.at["id"]]] = _Petition(
                kind, kind == "denunciation", clear, values[shape.at["field"]], people
            )
        elif shape.name == "persons":
            petition = petitions[values[shape.at["petition_id"]]]
            someone = texts.identity(self.random, line.told or {}, place.name)
            petition.people[values[shape.at["role"]]].append(someone)
            values[shape.sealed or 0] = _sealed(line, values, someone, DENUNCIATION if petition.closed else IDENTITY)
        elif shape.name == "petition_texts":
            petition = petitions[values[shape.at["petition_id"]]]
            petition.body = (line.told or {}) | {"summary": texts.summary(self.random, petition.kind, petition.field)}
            petition.text = values
            values[shape.sealed or 0] = _sealed(line, values, petition.body, DENUNCIATION if petition.closed else TEXT)
            self._tokens_at = shape.at["tokens"]
        elif shape.name == "reception_texts":
            told = (line.told or {}) | {
                "petitioners": [
                    texts.identity(self.random, one, place.name) for one in (line.told or {}).get("petitioners", ())
                ]
            }
            values[shape.sealed or 0] = _sealed(line, values, told, IDENTITY)

    def _finish(self, petition: _Petition) -> None:
        petitioners = petition.people[PETITIONER]
        respondents = petition.people[RESPONDENT]
        number = petition.clear[CLEAR.index("number")]
        known = SimpleNamespace(kind=petition.kind, number=number, kept_closed=False)
        tokens = tokens_for(known, petition.body, petitioners, respondents)
        petition.text[self._tokens_at] = "{" + ",".join(map(str, tokens)) + "}"
        self.clear.append(clear_line(petition.clear, petitioners, petition.body or {}))


def clear_line(facts: list[str], petitioners: list[dict[str, Any]], body: dict[str, Any]) -> str:
    """A petition as the peers keep it."""
    first = petitioners[0] if petitioners else {}
    return "\t".join([*facts, *(first.get(name, "") for name in PERSON), body.get("summary", "")])


def clear_of(cluster: Cluster) -> list[str]:
    """The cluster's own petitions as the peers keep them."""
    facts: dict[str, list[str]] = {}
    people: dict[str, list[dict[str, Any]]] = {}
    found = []
    for line in cluster.lines:
        at = line.shape.at
        if line.shape.name == "petitions":
            facts[line.values[at["id"]]] = [line.values[at[name]] for name in CLEAR]
        elif line.shape.name == "persons" and line.values[at["role"]] == PETITIONER:
            people.setdefault(line.values[at["petition_id"]], []).append(line.told or {})
    for line in cluster.lines:
        if line.shape.name == "petition_texts":
            key = line.values[line.shape.at["petition_id"]]
            found.append(clear_line(facts[key], people.get(key, []), line.told or {}))
    return found


def _sealed(line: Line, values: list[str], value: dict[str, Any], purpose: str) -> str:
    row = SimpleNamespace(__tablename__=line.shape.name, id=values[line.shape.at["id"]])
    return r"\\x" + seal(row, SEALED[line.shape.name], value, purpose).blob.hex()
