"""What can stand in a column, for whoever reads the code and for mypy; a test holds these to the glossary."""

from typing import Literal

Kind = Literal["complaint", "denunciation", "reflection"]
Direction = Literal["accept", "guide", "forward", "return", "file", "urge", "inspect"]
PetitionState = Literal["received", "processed", "closed", "removed"]
CaseState = Literal[
    "reviewing",
    "accepted",
    "suspended",
    "refused",
    "withdrawn",
    "discontinued",
    "decided",
    "finished",
    "closed",
    "removed",
]
