"""What a unit said the headings of its registers mean: said once, remembered for the next file."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import NamedHeading, Unit
from app.operations.exchange.register_headings import HEADING_OF, plain_key
from app.operations.refusal import Refused
from app.operations.rights import demand

LONGEST = 200


def names_of(session: Session, code: str | None) -> dict[str, str]:
    """What headings mean in that unit, as compared; nothing where no unit is meant. Raises Refused."""
    demand(session, "can_import", "Registers")
    if code is None:
        return {}
    query = select(NamedHeading).join(Unit, Unit.id == NamedHeading.unit_id).where(Unit.code == code)
    return {row.heading: row.column for row in session.scalars(query)}


def name_headings(
    session: Session, unit: Unit, given: Mapping[str, str], known: Collection[str] = HEADING_OF.keys()
) -> None:
    """The unit's registers are read so from now on; an empty column passes its heading over; `known`: the columns there
    are. Raises Refused.
    """
    demand(session, "can_import", "Registers", unit.id)
    wanted = {plain_key(heading)[:LONGEST]: key for heading, key in given.items() if plain_key(heading)}
    if any(key and key not in known for key in wanted.values()):
        raise Refused("không có cột như đã chọn; chọn lại trong danh sách", "file")
    query = select(NamedHeading).where(NamedHeading.unit_id == unit.id, NamedHeading.heading.in_(wanted))
    known = {row.heading: row for row in session.scalars(query)}
    for heading, key in wanted.items():
        if heading in known:
            known[heading].column = key
        elif key:
            session.add(NamedHeading(unit=unit, heading=heading, column=key))
    session.flush()
