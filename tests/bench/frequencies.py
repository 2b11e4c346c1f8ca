"""What a stolen database's search tokens tell somebody who knows how often each word is written: by rank alone.

The strongest such attacker we can make: the very generator of the petitions, with another seed, tells the frequencies.
"""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from app.commands.installing import init
from app.commands.operator import operator
from app.models import PetitionText
from app.operations.content import CODES, PETITIONER, RESPONDENT, read_body, read_people, strings_in
from app.operations.exchange.file_in import import_file
from app.security.tokens import tokens_of
from app.text.fold import fold, spelling, words
from tests.support import again

PETITIONS = 2000


def frequencies() -> None:
    """Prints how many of the words a guess by rank finds."""
    with tempfile.TemporaryDirectory(prefix="donthu-frequencies-") as folder:
        Path(folder).chmod(0o755)
        kept = dict(os.environ)
        os.environ |= {"INSTANCE_DIR": f"{folder}/instance"}
        try:
            _measure(Path(folder) / "planted.jsonl")
        finally:
            os.environ.clear()
            os.environ |= kept


def _measure(file: Path) -> None:
    lines = [*again.units(), *again.petitions(Random(1), PETITIONS)]
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    init(None)  # type: ignore[arg-type]
    with operator("frequencies") as session:
        import_file(session, file)
        known = again.petitions(Random(2), PETITIONS)
        for closed, named in ((False, "other petitions"), (True, "denunciations")):
            rows = session.scalars(select(PetitionText).where(PetitionText.compartment.is_(closed))).all()
            stolen = Counter(token for row in rows for token in row.tokens)
            means = {token: forms for row in rows for token, forms in _meanings(row, closed)}
            mine = [record for record in known if (record["kind"] == "denunciation") is closed]
            guesses = [word for word, _ in Counter(word for record in mine for word in _forms(record)).most_common()]
            ranked = [token for token, _ in stolen.most_common()]
            _tell(named, ranked, guesses, means, stolen)
        session.rollback()


def _tell(named: str, ranked: list[int], guesses: list[str], means: dict[int, set[str]], stolen: Counter[int]) -> None:
    right = [token for token, guess in zip(ranked, guesses, strict=False) if guess in means.get(token, ())]
    print(
        f"frequencies, {named}: {len(right)} of {len(ranked)} tokens guessed by rank ({len(right) / len(ranked):.1%}),"
        f" {sum(stolen[token] for token in right) / sum(stolen.values()):.1%} of all places where one stands",
        flush=True,
    )


def _parts(petitioners: Iterable[Any], respondents: Iterable[Any], texts: list[str]) -> tuple[list[str], list[str]]:
    people = [*petitioners, *respondents]
    return [value for person in people for name, value in person.items() if name not in CODES], texts


def _forms(record: dict[str, Any]) -> set[str]:
    identities, texts = _parts(record["petitioners"], record["respondents"], [record["summary"]])
    both = (("i", identities), ("t", texts))
    return {form for place, parts in both for word in words("\n".join(parts)) for form in _of(place, word)}


def _of(place: str, word: str) -> set[str]:
    """The two forms in which the word has a token there."""
    return {f"{place} folded {fold(word)}", f"{place} spelt {spelling(word)}"}


def _meanings(row: PetitionText, closed: bool) -> Iterable[tuple[int, set[str]]]:
    people = (read_people(row.petition, role) for role in (PETITIONER, RESPONDENT))
    identities, texts = _parts(*people, strings_in(read_body(row)))
    for word in set(words("\n".join(identities))):
        yield from ((token, _of("i", word)) for token in tokens_of([word], [], closed))
    for word in set(words("\n".join(texts))):
        yield from ((token, _of("t", word)) for token in tokens_of([], [word], closed))
