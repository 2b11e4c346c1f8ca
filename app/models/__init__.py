"""The tables, one short file per noun."""

from app.models.account import Account, PastPassword, PolicyChange, RoleChange
from app.models.approval import Approval, Conflict
from app.models.case import Case, Decision, Ending, ExecutionEntry, Extension, Suspension
from app.models.deadline import Deadline
from app.models.document import Document
from app.models.draft import Draft
from app.models.holiday import Holiday, HolidayYear
from app.models.job import Job, JobProgress
from app.models.minutes import Minutes, MinutesTemplate
from app.models.petition import Counter, Person, Petition, PetitionText
from app.models.place import Place
from app.models.reception import Reception, ReceptionDay, ReceptionText
from app.models.register import HeldFile, ImportedFile, NamedHeading
from app.models.request import AccountRequest, AccountRequestLine, AccountRequestMove
from app.models.saved_list import SavedList
from app.models.sign_in import Certificate, SecondFactor
from app.models.step import Step, StepNote
from app.models.task import Task
from app.models.typed_form import TypedForm
from app.models.unit import Unit

__all__ = [
    "Account",
    "AccountRequest",
    "AccountRequestLine",
    "AccountRequestMove",
    "Approval",
    "Case",
    "Certificate",
    "Conflict",
    "Counter",
    "Deadline",
    "Decision",
    "Document",
    "Draft",
    "Ending",
    "ExecutionEntry",
    "Extension",
    "HeldFile",
    "Holiday",
    "HolidayYear",
    "ImportedFile",
    "Job",
    "JobProgress",
    "Minutes",
    "MinutesTemplate",
    "NamedHeading",
    "PastPassword",
    "Person",
    "Petition",
    "PetitionText",
    "Place",
    "PolicyChange",
    "Reception",
    "ReceptionDay",
    "ReceptionText",
    "RoleChange",
    "SavedList",
    "SecondFactor",
    "Step",
    "StepNote",
    "Suspension",
    "Task",
    "TypedForm",
    "Unit",
]
