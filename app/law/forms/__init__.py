"""What a statutory form is: columns with their headings, the sums and bounds it prints, and rules across forms."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Column:
    """One numbered column; `heading` runs from the outermost group to the leaf."""

    number: int
    heading: tuple[str, ...]

    @property
    def decimals(self) -> bool:
        """True for money and land, which carry up to three decimals."""
        return self.heading[-1] in ("Tiền (Trđ)", "Đất (m2)")


@dataclass(frozen=True)
class Sum:
    """Column `total` equals the sum of `parts`."""

    total: int
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Bound:
    """Column `column` is at most column `limit`."""

    column: int
    limit: int


@dataclass(frozen=True)
class Cross:
    """A rule between two forms: `left` and `right` are written 02/XLD#6; `operator` is == or >=."""

    left: str
    operator: str
    right: str


@dataclass(frozen=True)
class Form:
    """A statutory form of one circular."""

    key: str
    title: str
    circular: str
    valid_from: date
    columns: tuple[Column, ...]
    note_column: int
    sums: tuple[Sum, ...] = ()
    bounds: tuple[Bound, ...] = ()
    cross: tuple[Cross, ...] = ()

    @property
    def numbers(self) -> list[str]:
        """The column numbers as the exchange format writes them."""
        return [str(column.number) for column in self.columns]
