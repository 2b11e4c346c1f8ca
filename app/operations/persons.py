"""Content of a petition: its text and persons sealed, its tokens made. The one place where clear text becomes sealed."""

import re
from typing import Any

from app.models import Case, Person, Petition, PetitionText, Reception, ReceptionText, Step, StepNote
from app.security.keys import DENUNCIATION, IDENTITY, TEXT
from app.security.sealed import seal, unseal
from app.security.tokens import tokens_of

PETITIONER, RESPONDENT = "petitioner", "respondent"


def _compartment(petition: Petition) -> dict[str, Any]:
    closed = petition.kind == "denunciation"
    return {"compartment": closed, "handlers": petition.handlers, "registered_by": petition.registered_by, "unit": petition.unit}


def write_content(petition: Petition, body: dict[str, Any], petitioners: list[dict[str, Any]], respondents: list[dict[str, Any]]) -> None:
    """The petition has its sealed text and persons, new; `body` holds summary, reason, attachments."""
    closed = petition.kind == "denunciation"
    text = PetitionText(petition=petition, received_on=petition.received_on, **_compartment(petition))
    text.body = seal(text, "body", body, DENUNCIATION if closed else TEXT) if any(body.values()) else None
    for role, people in ((PETITIONER, petitioners), (RESPONDENT, respondents)):
        for place, identity in enumerate(people):
            person = Person(petition=petition, role=role, place=place, **_compartment(petition))
            person.identity = seal(person, "identity", identity, DENUNCIATION if closed else IDENTITY)
    text.tokens = tokens_for(petition, body, petitioners, respondents)


def tokens_for(petition: Petition, body: dict[str, Any], petitioners: list[dict[str, Any]], respondents: list[dict[str, Any]]) -> list[int]:
    """The tokens of a petition's identities and texts; its number is found by SQL, not here."""
    identities = [value for person in (*petitioners, *respondents) for value in person.values()]
    texts = [str(body[key]) for key in ("summary", "reason") if body.get(key)]
    return tokens_of(identities, texts, petition.kind == "denunciation")


def read_body(text: PetitionText | None) -> dict[str, Any]:
    """The clear text of a petition the session may see; empty where there is none."""
    return unseal(text, "body") or {} if text is not None else {}


def read_people(petition: Petition, role: str) -> list[dict[str, Any]]:
    """The clear persons of one role, in order."""
    return [unseal(person, "identity") for person in petition.persons if person.role == role]


def rewrite_body(petition: Petition, **changes: Any) -> None:
    """The petition's text with these parts changed, sealed anew, its tokens with it."""
    body = {**read_body(petition.text), **changes}
    petition.text.body = seal(petition.text, "body", body, DENUNCIATION if petition.kind == "denunciation" else TEXT)
    petition.text.tokens = tokens_for(petition, body, read_people(petition, PETITIONER), read_people(petition, RESPONDENT))


def content_of(petition: Petition) -> list[Any]:
    """Every row that is the petition's content: text, persons, receptions, documents, notes of its steps."""
    rows = [petition.text, *petition.persons, *petition.documents, *(reception.text for reception in petition.receptions)]
    return [row for row in (*rows, *(step.note for step in petition.steps)) if row is not None]


def name_handlers(petition: Petition, handlers: list[str] | None) -> None:
    """The petition and everything that is its content are open to these handlers."""
    petition.handlers = handlers
    for row in content_of(petition):
        row.handlers = handlers


def identifying(person: dict[str, Any]) -> list[str]:
    """What in a text would tell who a person is: name, numbers, the address as a whole and its parts of two words or more."""
    parts = [part for part in re.split(r"[,;–]", str(person.get("address", ""))) if len(part.split()) > 1]
    return [str(person[key]) for key in ("name", "address", "id_number", "phone") if person.get(key)] + parts


def write_reception(reception: Reception, body: dict[str, Any], registered_by: str | None) -> None:
    """The reception has its sealed text: matter, summary, result, petitioners."""
    petition = reception.petition
    closed = petition is not None and petition.kind == "denunciation"
    shut = shut_out_of(petition) if petition is not None else None
    text = ReceptionText(reception=reception, unit=reception.unit, registered_by=registered_by, compartment=closed, shut_out=shut)
    text.handlers = petition.handlers if petition is not None else None
    text.body = seal(text, "body", body, DENUNCIATION if closed else IDENTITY) if any(body.values()) else None


def read_reception(text: ReceptionText | None) -> dict[str, Any]:
    """The clear text of a reception the session may see."""
    return unseal(text, "body") or {} if text is not None else {}


def handlers_of(subject: Petition | Case) -> list[str] | None:
    """Who handles a petition, or the petitions of a case; None while nobody is named."""
    if isinstance(subject, Petition):
        return subject.handlers
    return sorted({name for petition in subject.petitions for name in petition.handlers or ()}) or None


def align_notes(subject: Petition | Case) -> None:
    """What was written of a petition or case, and its documents, are open to those who handle it now and closed to those who are shut out."""
    handlers, shut = handlers_of(subject), shut_out_of(subject)
    for row in [*(step.note for step in subject.steps), *subject.documents]:
        if row is not None:
            row.handlers, row.shut_out = handlers, shut


def shut_out_of(subject: Petition | Case) -> list[str] | None:
    """Whom the content of the subject is closed to; of a case, whoever is shut out of any of its petitions."""
    petitions = [subject] if isinstance(subject, Petition) else subject.petitions
    return sorted({name for petition in petitions for name in petition.shut_out or ()}) or None


def write_note(step: Step, note: str, subject: Petition | Case) -> None:
    """What was written when the step was taken, sealed under the compartment of its petition or case."""
    closed = subject.kind == "denunciation"
    handlers = handlers_of(subject)
    row = StepNote(unit=step.unit, compartment=closed, handlers=handlers, registered_by=None, shut_out=shut_out_of(subject))
    row.body = seal(row, "body", {"note": note}, DENUNCIATION if closed else TEXT)
    step.note = row


def read_note(step: Step) -> str | None:
    """What was written when the step was taken, where the session may see it."""
    return unseal(step.note, "body")["note"] if step.note is not None else None
