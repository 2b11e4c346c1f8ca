"""What one statutory time limit is."""

from dataclasses import dataclass, field
from datetime import date

DAYS = "calendar"
WORKING = "working"


@dataclass(frozen=True)
class Rule:
    """A limit of `limit` days of `unit` that starts on the event `starts`; in force from `since` to `until`, both
    included.

    `when` holds the conditions that must all be true for the row to apply: complex, very_complex, remote, many_places,
    dismissal.
    """

    key: str
    limit: int
    unit: str
    starts: str
    since: date
    source: str
    when: frozenset[str] = field(default_factory=frozenset)
    until: date | None = None
    doubt: bool = False

    def in_force(self, day: date) -> bool:
        """True when the row applies to an event of that day."""
        return self.since <= day and (self.until is None or day <= self.until)
