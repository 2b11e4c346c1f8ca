"""Content of a petition: its text and persons sealed, its tokens made.

The one place where clear text becomes sealed.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.law import secrecy
from app.models import Case, Person, Petition, PetitionText, Reception, ReceptionText, Step, StepNote
from app.operations.reception_text import came, closes, read_reception, who_came
from app.security.keys import DENUNCIATION, IDENTITY, TEXT
from app.security.scope import enter, system_scope
from app.security.sealed import CannotOpen, seal, unseal
from app.security.tokens import number_tokens, tokens_of
from app.settings import setting
from app.text.identities import NUMBERS, masked, tells_of

PETITIONER = "petitioner"
RESPONDENT = "respondent"
# Who was named as petitioner before a correction: shown nowhere, and covered wherever a denouncer is.
FORMER = "former"
SENT = (PETITIONER, FORMER)
COVERED = "[đã che]"
# Of a petition's text: the facts that processing found out anew, as they were registered; codes, and nobody's words.
AS_REGISTERED = "as_registered"


def _compartment(petition: Any) -> dict[str, Any]:
    closed = secrecy.content_closed(petition)
    return {
        "compartment": closed,
        "handlers": petition.handlers,
        "registered_by": petition.registered_by,
        "unit": petition.unit,
    }


def _made(model: Any, **values: Any) -> Any:
    return model(**values)


def write_content(
    petition: Any,
    body: dict[str, Any],
    petitioners: list[dict[str, Any]],
    respondents: list[dict[str, Any]],
    make: Callable[..., Any] = _made,
    former: Sequence[dict[str, Any]] = (),
) -> None:
    """The petition has its sealed text and persons, new; `body` holds summary, reason, attachments; `former`: who was
    said to have sent it before a correction.

    `make` makes a row of a model: of the ORM's, or a bare one.
    """
    closed = secrecy.content_closed(petition)
    shared = _compartment(petition)
    text = make(PetitionText, petition=petition, received_on=petition.received_on, **shared)
    text.body = seal(text, "body", body, DENUNCIATION if closed else TEXT) if any(body.values()) else None
    for role, people in ((PETITIONER, petitioners), (RESPONDENT, respondents), (FORMER, former)):
        for place, identity in enumerate(people):
            person = make(Person, petition=petition, role=role, place=place, **shared)
            person.identity = seal(person, "identity", identity, DENUNCIATION if closed else IDENTITY)
    text.tokens = tokens_for(petition, body, petitioners, respondents)


CODES = ("sort", "part")  # of a person: words of ours, nobody's


def tokens_for(
    petition: Any, body: dict[str, Any], petitioners: list[dict[str, Any]], respondents: list[dict[str, Any]]
) -> list[int]:
    """The tokens of a petition's identities, texts and numbers."""
    people = (*petitioners, *respondents)
    identities = [value for person in people for name, value in person.items() if name not in CODES]
    closed = secrecy.content_closed(petition)
    # Of a denunciation without who sent it: who may not search for identities does not find them in the text either.
    texts = searched_texts(body, petitioners if closed else [])
    numbers = [person[name] for person in people for name in NUMBERS if person.get(name)]
    return sorted({*tokens_of(identities, texts, closed), *number_tokens(numbers, petition.number, closed)})


def searched_texts(body: dict[str, Any], people: list[dict[str, Any]]) -> list[str]:
    """What a search looks through of a petition's text, without what tells of these people."""
    said = {name: value for name, value in body.items() if name != AS_REGISTERED}
    return [without(text, people) for text in strings_in(said)]


def read_body(text: PetitionText | None) -> dict[str, Any]:
    """The clear text of a petition the session may see; empty where there is none."""
    return unseal(text, "body") or {} if text is not None else {}


def read_people(petition: Petition, role: str) -> list[dict[str, Any]]:
    """The clear persons of one role, in order."""
    return [unseal(person, "identity") for person in petition.persons if person.role == role]


def petitions_of(case: Case) -> list[Petition]:
    """The petitions of the case; of one that was withdrawn from the register, those that left it."""
    return list(case.petitions or case.former)


def ever_of(case: Case) -> list[Petition]:
    """The petitions of the case and those that left it: what was written there may tell of them."""
    return list(dict.fromkeys([*case.petitions, *case.former]))


def denouncers(subject: Petition | Case) -> list[dict[str, Any]]:
    """The petitioners of a denunciation, or of all petitions of its case, and who came to be received about it; nobody
    of anything else.

    For a session that reads them all; `denouncers_of` finds them whatever the session may read.
    """
    if not secrecy.content_closed(subject):
        return []
    case = subject.case if isinstance(subject, Petition) else subject
    petitions = ever_of(case) if case is not None else [subject]
    people = [person for petition in petitions for role in SENT for person in read_people(petition, role)]
    return people + [person for item in petitions for one in item.receptions for person in who_came(one.text)]


def denouncers_of(session: Session, subjects: Iterable[Petition | Case]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """For each denunciation among these petitions and cases, whom nothing shown of it may tell of.

    Looked up as the system: a handler of one petition must not read the name of another's sender in its text. Nothing
    of it leaves but what is covered.
    """
    closed = {
        subject.id: subject.case_id or subject.id if isinstance(subject, Petition) else subject.id
        for subject in subjects
        if _guarded(subject)
    }
    if not closed:
        return {}
    of = _belonging(set(closed.values()))
    persons = select(of.c.key, Person).join(Person, Person.petition_id == of.c.petition).where(Person.role.in_(SENT))
    received = select(of.c.key, ReceptionText).join(Reception, Reception.petition_id == of.c.petition)
    received = received.join(ReceptionText, ReceptionText.reception_id == Reception.id)
    found: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    with Session(session.get_bind()) as apart:
        enter(apart, system_scope("covering"))
        for key, person in apart.execute(persons):
            found[key] += [identity] if (identity := _as_far_as_it_opens(person, "identity")) else []
        for key, text in apart.execute(received):
            found[key] += came(_as_far_as_it_opens(text, "body"))
    return {subject: found[key] for subject, key in closed.items()}


def _belonging(keys: set[uuid.UUID]) -> Any:
    """Of these cases, and of these petitions that are in none, the petitions; with those that left a case."""
    whole = func.coalesce(Petition.case_id, Petition.id).label("key")
    # That `whole` is one of them, in columns that have an index.
    named = or_(Petition.case_id.in_(keys), and_(Petition.case_id.is_(None), Petition.id.in_(keys)))
    here = select(whole, Petition.id.label("petition")).where(named)
    left = select(Step.case_id, Step.petition_id).where(Step.case_id.in_(keys), Step.petition_id.is_not(None))
    return here.union(left).subquery()


def _guarded(subject: Petition | Case) -> bool:
    return secrecy.content_closed(subject)


def _as_far_as_it_opens(row: Any, column: str) -> dict[str, Any]:
    try:
        return unseal(row, column) or {}
    except CannotOpen:  # told of where it is to be shown
        return {}


def remark_on(texts: Iterable[str | None], people: list[dict[str, Any]]) -> str | None:
    """A sentence where one of the texts tells who denounced; None where none does."""
    if not any(tells_of(text, people) for text in texts if text):
        return None
    return (
        "phần vừa ghi có họ tên, số hoặc địa chỉ của người tố cáo; phần đó được che ở mọi nơi danh tính chưa được mở."
        " Nên ghi lại mà không nêu người tố cáo"
    )


def without(text: str, people: list[dict[str, Any]]) -> str:
    """The text with what tells who these people are covered."""
    return masked(text, people, COVERED) if people and text else text


def covered(value: Any, people: list[dict[str, Any]]) -> Any:
    """The same with every text in it `without` these people, however deep it stands."""
    if isinstance(value, str):
        return without(value, people)
    if isinstance(value, list):
        return [covered(item, people) for item in value]
    return {key: covered(item, people) for key, item in value.items()} if isinstance(value, dict) else value


def strings_in(value: Any) -> list[str]:
    """Every text in it, however deep it stands."""
    if isinstance(value, dict | list):
        return [text for item in (value.values() if isinstance(value, dict) else value) for text in strings_in(item)]
    return [value] if isinstance(value, str) and value else []


def beside_names(respondents: Iterable[dict[str, Any]]) -> list[str]:
    """What was written of the respondents beside their names."""
    return [value for person in respondents for key, value in person.items() if key != "name" and value]


def shown_respondents(respondents: Iterable[dict[str, Any]], people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The respondents, what was written beside their names without these people."""
    return [
        {key: value if key == "name" else without(value, people) for key, value in person.items()}
        for person in respondents
    ]


def shown_body(petition: Petition, people: list[dict[str, Any]]) -> dict[str, Any]:
    """What may be shown of a petition's text; `people`: its denouncers that nobody has revealed."""
    found: dict[str, Any] = covered(read_body(petition.text), people)
    return found


def denouncers_behind(session: Session, receptions: Iterable[Reception]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """For the petition of each closed reception, whom nothing shown of it may tell of; in one batch."""
    petitions = {row.petition.id: row.petition for row in receptions if row.petition is not None and closes(row)}
    return denouncers_of(session, petitions.values()) if petitions else {}


def shown_reception(reception: Reception, behind: dict[uuid.UUID, list[dict[str, Any]]]) -> dict[str, Any]:
    """What may be shown of a reception while nobody has revealed the denouncer: of a denunciation, not who came.

    `behind`: as `denouncers_behind` finds them.
    """
    body = read_reception(reception.text)
    if not closes(reception):
        return body
    people = came(body) + (behind.get(reception.petition_id, []) if reception.petition_id else [])
    respondents = shown_respondents(body.get("respondents") or [], people)
    return {**covered(body, people), "petitioners": [], "former": [], "respondents": respondents}


def shown_note(step: Step, people: list[dict[str, Any]]) -> str | None:
    """What may be shown of what was written when the step was taken; `people`: the denouncers of its subject."""
    note = read_note(step)
    return without(note, people) if note else note


def rewrite_body(petition: Petition, **changes: Any) -> None:
    """The petition's text with these parts changed, sealed anew, its tokens with it."""
    body = {**read_body(petition.text), **changes}
    petition.text.body = seal(petition.text, "body", body, DENUNCIATION if secrecy.content_closed(petition) else TEXT)
    petition.text.tokens = tokens_for(
        petition, body, read_people(petition, PETITIONER), read_people(petition, RESPONDENT)
    )


def rewrite_content(petition: Petition, body: dict[str, Any], people: dict[str, list[dict[str, Any]]]) -> None:
    """The petition's text, with these parts changed, and its persons are these, sealed as its kind asks, with the
    tokens that find them; notes of its steps too, where its kind became one whose content is closed.
    """
    closed = secrecy.content_closed(petition)
    text = petition.text
    whole = {**read_body(text), **body}
    text.received_on = petition.received_on
    notes = [] if text.compartment == closed else [step.note for step in petition.steps if step.note is not None]
    for row, clear in [(note, unseal(note, "body")) for note in notes]:
        row.compartment = closed
        row.body = seal(row, "body", clear, DENUNCIATION if closed else TEXT)
    text.compartment = closed
    text.body = seal(text, "body", whole, DENUNCIATION if closed else TEXT) if any(whole.values()) else None
    known = [one for role in SENT for one in read_people(petition, role)]
    former = [one for one in known if one not in people[PETITIONER]]
    for role, identities in {**people, FORMER: former}.items():
        _rewrite_people(petition, role, identities)
    text.tokens = tokens_for(petition, whole, people[PETITIONER], people[RESPONDENT])


def _rewrite_people(petition: Petition, role: str, identities: list[dict[str, Any]]) -> None:
    shared = _compartment(petition) | {"shut_out": petition.shut_out}
    purpose = DENUNCIATION if shared["compartment"] else IDENTITY
    known = sorted((person for person in petition.persons if person.role == role), key=lambda person: person.place)
    for spare in known[len(identities) :]:
        petition.persons.remove(spare)
    for place, identity in enumerate(identities):
        person = known[place] if place < len(known) else Person(role=role, place=place, **shared)
        if place >= len(known):
            petition.persons.append(person)
        person.compartment = shared["compartment"]
        person.identity = seal(person, "identity", identity, purpose)


def content_of(petition: Petition) -> list[Any]:
    """Every row that is the petition's content: text, persons, receptions, documents, notes of its steps."""
    rows = [
        petition.text,
        *petition.persons,
        *petition.documents,
        *(reception.text for reception in petition.receptions),
    ]
    return [row for row in (*rows, *(step.note for step in petition.steps)) if row is not None]


def name_handlers(petition: Petition, handlers: list[str] | None) -> None:
    """The petition and everything that is its content are open to these handlers."""
    petition.handlers = handlers
    for row in content_of(petition):
        row.handlers = handlers


def handlers_of(subject: Petition | Case) -> list[str] | None:
    """Who handles a petition, or the petitions of a case; None while nobody is named."""
    if isinstance(subject, Petition):
        return subject.handlers
    return sorted({name for petition in petitions_of(subject) for name in petition.handlers or ()}) or None


def align_notes(subject: Petition | Case) -> None:
    """What was written of a petition or case, and its documents, are open to those who handle it now and closed to
    those who are shut out.
    """
    handlers = handlers_of(subject)
    shut = shut_out_of(subject)
    for row in [*(step.note for step in subject.steps), *subject.documents]:
        if row is not None:
            row.handlers = handlers
            row.shut_out = shut
    align_facts(subject)


def align_facts(subject: Petition | Case) -> None:
    """No row of facts of the petition or case is there for those who are shut out."""
    shut = shut_out_of(subject)
    rows = [*subject.steps, *subject.deadlines]
    if isinstance(subject, Petition):
        rows += subject.receptions
    else:
        rows += [subject, *subject.suspensions, *subject.extensions, *subject.entries]
        rows += [row for row in (subject.decision, subject.ending) if row is not None]
    for row in rows:
        row.shut_out = shut


def shut_out_of(subject: Petition | Case) -> list[str] | None:
    """Whom the content of the subject is closed to; of a case, whoever is shut out of any of its petitions."""
    petitions = [subject] if isinstance(subject, Petition) else ever_of(subject)
    return sorted({name for petition in petitions for name in petition.shut_out or ()}) or None


def write_note(step: Step, note: str, subject: Petition | Case) -> None:
    """What was written when the step was taken, sealed under the compartment of its petition or case."""
    closed = secrecy.content_closed(subject)
    handlers = handlers_of(subject)
    row = StepNote(
        unit=step.unit, compartment=closed, handlers=handlers, registered_by=None, shut_out=shut_out_of(subject)
    )
    row.body = seal(row, "body", {"note": note}, DENUNCIATION if closed else TEXT)
    step.note = row


def read_note(step: Step) -> str | None:
    """What was written when the step was taken, where the session may see it."""
    return unseal(step.note, "body")["note"] if step.note is not None else None


def read_words(petition: Petition) -> list[str]:
    """What was read in the petition's documents and its case's, as far as the session may read them and they open."""
    documents = [*petition.documents, *(petition.case.documents if petition.case is not None else ())]
    if setting("REVEAL_APPROVAL"):
        documents = [document for document in documents if not document.compartment or document.recipe is not None]
    texts = []
    for document in documents:
        try:
            texts += [unseal(document, "read_text")["text"]] if document.read_text is not None else []
        except CannotOpen:  # told of where it is shown; here it holds no word
            continue
    return texts
