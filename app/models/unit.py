"""Agencies: a tree whose nodes come, merge and go."""

import uuid
from datetime import date

from sqlalchemy import Date, ForeignKey, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Row
from app.security.scope import DEPTH, Range


class Unit(Row):
    """An agency.

    `path` and the ancestors at each depth are kept by `operations/units.py`; `oversees` may point at a unit whose
    subtree it reads.
    """

    __tablename__ = "units"
    code: Mapped[str] = mapped_column(String(80), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(250), nullable=False)
    level: Mapped[str] = mapped_column(String(20), nullable=False)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("units.id"), index=True)
    oversees_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("units.id"))
    into_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("units.id"))
    sign_in_policy: Mapped[str | None] = mapped_column(String(16))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    # The first day on which the unit used the software; what ran out before is not its lateness here.
    uses_from: Mapped[date | None] = mapped_column(Date)
    path: Mapped[str] = mapped_column(String(400, collation="C"), nullable=False, unique=True)
    depth: Mapped[int] = mapped_column(Integer, nullable=False)
    level_0: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    level_1: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    level_2: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    level_3: Mapped[uuid.UUID | None] = mapped_column(Uuid)

    parent = relationship("Unit", foreign_keys=[parent_id], remote_side="Unit.id")
    oversees = relationship("Unit", foreign_keys=[oversees_id], remote_side="Unit.id", post_update=True)
    into = relationship("Unit", foreign_keys=[into_id], remote_side="Unit.id", post_update=True)

    def __repr__(self) -> str:
        return f"{self.code} {self.name}"

    def place_under(self, parent: "Unit | None") -> None:
        """Path, depth and ancestors follow from the parent; the unit is its own ancestor at its depth."""
        self.parent = parent
        self.depth = parent.depth + 1 if parent else 0
        self.path = (parent.path if parent else ".") + label_of(self.code) + "."
        for level in range(DEPTH):
            above = getattr(parent, f"level_{level}") if parent else None
            setattr(self, f"level_{level}", self.id if level == self.depth else above)

    def subtree(self) -> Range:
        """The rows of this unit and all below it."""
        return Range(self.path, self.path[:-1] + "/", level=self.depth, root=self.id)

    def own(self) -> Range:
        """The rows of this unit alone; "!" sorts before every character a label may hold."""
        return Range(self.path, self.path + "!", units=frozenset({self.id}))

    def exists_in(self, start: date, end: date) -> bool:
        """True unless the unit lies outside its validity for the whole period."""
        return (self.valid_from is None or self.valid_from <= end) and (self.valid_to is None or self.valid_to >= start)


def label_of(code: str) -> str:
    """The code as one label of a path: letters, digits and - stand for themselves, a dot becomes _, the rest %XX.

    One to one.
    """
    return "".join(
        (
            character
            if character.isascii() and (character.isalnum() or character == "-")
            else "_"
            if character == "."
            else _escape(character)
        )
        for character in code
    )


def _escape(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())
