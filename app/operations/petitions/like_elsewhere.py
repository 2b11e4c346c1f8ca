"""The leaders of two units learn that each may have the same denunciation; nobody else learns even that."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.law import secrecy
from app.law.tasks import LIKENESS, OPEN
from app.models import Petition, Task
from app.operations.act import Act
from app.operations.petitions.similar import BOTH, Common, Question, find, traits
from app.operations.tasks.giving import SYSTEM, number_for
from app.operations.tasks.written import read, write
from app.security import audit
from app.security.scope import system_scope, within


def tell_leaders(session: Session, petition: Petition, act: Act) -> None:
    """Where other units have a denunciation of the same person about the same, the leaders of both have a task that
    names the other unit. As the system, whoever registered it; of neither is anything else told, and nothing across a
    higher level of secrecy.
    """
    if not secrecy.content_closed(petition):
        return
    with within(session, system_scope("task")) as apart:  # by its name the trail would tell what was alike
        whole = apart.get_one(Petition, petition.id)
        mine = traits(whole)
        if mine is None:
            return
        alike = [key for key, _ in find(apart, Question(mine, whole.id, BOTH), Common(apart))]
        query = select(Petition).where(Petition.id.in_(alike), Petition.unit_id != whole.unit_id)
        for other in apart.scalars(query.options(joinedload(Petition.unit)).order_by(Petition.id)):
            if secrecy.content_closed(other):
                for told, of in ((whole, other), (other, whole)):
                    if of.secrecy <= told.secrecy:
                        _tell(apart, told, of, act)


def _tell(session: Session, petition: Petition, other: Petition, act: Act) -> None:
    what = f"Một đơn tố cáo tương tự có thể đang ở {other.unit.name}; đề nghị lãnh đạo hai đơn vị trao đổi."
    known = session.scalars(select(Task).where(Task.petition_id == petition.id, Task.origin == LIKENESS))
    if any(task.state in OPEN and read(task)["what"] == what for task in known):
        return
    task = Task(
        unit=petition.unit,
        number=number_for(session, petition.unit, act.today.year),
        origin=LIKENESS,
        state="given",
        given_by=SYSTEM,
        giver_id=petition.unit_id,
        given_on=act.today,
        petition_id=petition.id,
        compartment=True,
        handlers=[],  # nobody but the unit's leaders
        shut_out=sorted({*(petition.shut_out or ()), *(other.shut_out or ())}) or None,
    )
    write(task, {"what": what, "lines": [{"key": "give", "on": act.today.isoformat(), "by": SYSTEM}]})
    session.add(task)
    session.flush()
    audit.record(session, "task.given", table_name="tasks", row_ids=[task.id])
