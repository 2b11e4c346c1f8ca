"""Levels of agencies. District ended with 30/6/2025 (Luật 136/2025/QH15; two-tier local government from 1/7/2025)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Level:
    """A level of the tree of agencies; `until` is its last day."""

    key: str
    until: date | None = None


LEVELS = (
    Level("central"),
    Level("province"),
    Level("department"),
    Level("district", date(2025, 6, 30)),
    Level("commune"),
)
KEYS = tuple(level.key for level in LEVELS)
DEEPEST = 3  # ancestors are kept for depths 0 to 3: centre, province, department or district, commune
