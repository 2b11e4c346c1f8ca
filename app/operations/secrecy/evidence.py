"""What a petition or a reception says of whom it is about, where it stands, and whether a holder may be meant."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.models import (
    Account,
    Petition,
    Reception,
    Step,
)
from app.operations.content import RESPONDENT, read_body, read_note, read_people, strings_in
from app.operations.reception_text import read_reception
from app.security.account_scope import Standing
from app.security.tokens import holder_key
from app.text.names import Name, called_in_text, name_of, named_in_field, named_in_text

NUMBER = "number"


NAME = "name"


NEAR = "near"


NAMES_READERS = frozenset({"assign", "verify"})  # steps whose note names the accounts that are to read


Subject = Petition | Reception


@dataclass(frozen=True)
class Holder:
    """An account that could read, by its identifier, its holder's name and the keyed hash of their identity number."""

    account: str
    name: Name
    key: str | None

    @classmethod
    def of(cls, account: Account) -> "Holder":
        """The account's holder as the register is compared with them."""
        return cls(account.username, name_of(account.holder), account.holder_key)


Holders = dict[Standing, list[Holder]]


@dataclass(frozen=True)
class Evidence:
    """What a subject says of whom it is about."""

    respondents: Sequence[dict[str, str]]
    texts: Sequence[str]

    @property
    def keys(self) -> set[str]:
        return {holder_key(person["id_number"]) for person in self.respondents if person.get("id_number")}

    def about(self, holder: Holder) -> str | None:
        """Why the holder may be meant: by number, the same name, or a name that may be theirs; None where nothing says
        so.
        """
        if holder.key is not None and holder.key in self.keys:
            return NUMBER
        if not holder.name:
            return None
        if any(name_of(person["name"]) == holder.name for person in self.respondents):
            return NAME
        fields = [
            (person["name"], person.get("position", ""), person.get("organisation", "")) for person in self.respondents
        ]
        if any(
            named_in_field(holder.name, name) or named_in_text(holder.name, f"{name}; {post}; {body}")
            for name, post, body in fields
        ):
            return NEAR
        if any(named_in_text(holder.name, text) for text in self.texts):
            return NEAR
        in_full = any(len(name_of(person["name"]).parts) > 1 for person in self.respondents)
        return NEAR if not in_full and any(called_in_text(holder.name, text) for text in self.texts) else None


def evidence_of(subject: Subject) -> Evidence:
    """What the subject, its steps and its receptions say of whom it is about."""
    if isinstance(subject, Reception):
        return Evidence(*_of_reception(subject))
    texts = strings_in(read_body(subject.text))
    respondents = read_people(subject, RESPONDENT)
    for step in [*subject.steps, *(subject.case.steps if subject.case is not None else ())]:
        texts += _of_step(step)
    for reception in subject.receptions:
        more, said = _of_reception(reception)
        respondents = respondents + more
        texts = texts + said
    return Evidence(respondents, texts)


def _of_reception(reception: Reception) -> tuple[list[dict[str, str]], list[str]]:
    body = read_reception(reception.text)
    said = [str(body[key]) for key in ("matter", "summary", "result") if body.get(key)]
    return body.get("respondents") or [], said + [change["note"] for change in body.get("changes", ())]


def _of_step(step: Step) -> list[str]:
    """What was written when the step was taken, but where it names those who are to read."""
    return [] if step.step in NAMES_READERS else [text for text in (read_note(step), step.paper) if text]


def standing_of(subject: Subject) -> Standing:
    """Where the subject stands, with the accounts it names: registrar, handlers, and who was given its documents to
    verify with.
    """
    text = subject.text
    documents = subject.documents if isinstance(subject, Petition) else []
    named = {text.registered_by, *(text.handlers or ())} if text is not None else set()
    if isinstance(subject, Petition):
        named.add(subject.registered_by)
    return Standing(
        subject.unit,
        frozenset(name for name in (*named, *(one for row in documents for one in row.verifiers or ())) if name),
    )
