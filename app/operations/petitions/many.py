"""One step for several petitions: each through the same operation as alone, each refused by itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.models import Petition
from app.operations.refusal import Refused

MOST = 100


@dataclass
class Outcome:
    """The petitions that took the step, and the others with why."""

    done: list[Petition] = field(default_factory=list)
    refused: list[tuple[Petition, Refused]] = field(default_factory=list)


def for_each(session: Session, petitions: Iterable[Petition], step: Callable[[Petition], object]) -> Outcome:
    """The step is taken for every petition that may take it; of those refused nothing is half done. `step` asks its own
    rights.
    """
    outcome = Outcome()
    for petition in petitions:
        try:
            with session.begin_nested():
                step(petition)
        except Refused as refused:
            outcome.refused.append((petition, refused))
        else:
            outcome.done.append(petition)
    return outcome
