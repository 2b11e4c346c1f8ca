"""The tables, one short file per noun."""

from app.models.account import Account
from app.models.case import Case, Deadline, Decision, ExecutionEntry, Step, StepNote, Suspension
from app.models.holiday import Holiday, HolidayYear
from app.models.petition import Counter, Person, Petition, PetitionText
from app.models.reception import Reception, ReceptionDay, ReceptionText
from app.models.typed_form import TypedForm
from app.models.unit import Unit

__all__ = [
    "Account", "Case", "Counter", "Deadline", "Decision", "ExecutionEntry", "Holiday", "HolidayYear", "Person", "Petition", "PetitionText",
    "Reception", "ReceptionDay", "ReceptionText", "Step", "StepNote", "Suspension", "TypedForm", "Unit",
]  # fmt: skip
