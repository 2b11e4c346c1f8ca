"""The first belt's conditions, built once for every scope of one shape; their values are told with each statement.

SQLAlchemy looks through every option of every statement for its place in the cache of compiled statements. Conditions
whose values come from elsewhere are the same for all statements: one number stands for them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy import String, Uuid, any_, bindparam, false, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm.interfaces import CriteriaOption
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql.visitors import InternalTraversal

_numbers = count()


class Criteria(CriteriaOption):
    """The same as its options one by one; each Criteria is another one to the cache of compiled statements."""

    __slots__ = ("number", "options")
    _cache_key_traversal = [("number", InternalTraversal.dp_plain_obj)]
    propagate_to_loaders = True

    def __init__(self, options: Iterable[LoaderCriteriaOption]) -> None:
        self.options = tuple(options)
        self.number = next(_numbers)

    def process_compile_state(self, compile_state: Any) -> None:
        """Each option's condition holds in the statement."""
        self.get_global_criteria(compile_state.global_attributes)

    def process_compile_state_replaced_entities(self, compile_state: Any, _mapper_entities: Any) -> None:
        """As in a statement whose entities were not replaced."""
        self.process_compile_state(compile_state)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        """Each option's condition is among those of its classes."""
        for option in self.options:
            option.get_global_criteria(attributes)


@dataclass(frozen=True)
class Shape:
    """What of a scope decides how the first belt's conditions look; the values in them are told with each statement."""

    facts: str | int
    text: str | int
    receptions: str | int
    reception_text: str | int
    registrars: bool
    officer_units: bool
    lead_units: bool


_PREFIX = "scope_"  # of parameters
_READ = ("facts", "text", "receptions", "reception_text")
_NAMES = ("accounts", "holder_keys", "registrars")
_UNITS = ("officer_units", "lead_units", "write")


def shape_of(scope: Any) -> Shape:
    """The shape of the scope's conditions."""
    forms: dict[str, Any] = {name: getattr(scope, name).form for name in _READ}
    return Shape(
        **forms, **{name: bool(getattr(scope, name)) for name in ("registrars", "officer_units", "lead_units")}
    )


@lru_cache(maxsize=512)
def values_of(scope: Any) -> dict[str, Any]:
    """What every condition of the first belt may ask for, whatever its shape: what the scope does not reach is an empty
    list or nothing, which no row equals.
    """
    values: dict[str, Any] = {}
    for name in _READ:
        reach: Any = getattr(scope, name)
        units = sorted(reach.units or ())
        values |= {f"{name}_root": reach.root, f"{name}_units": units, f"{name}_unit": units[0] if units else None}
    values |= {name: sorted(getattr(scope, name) or ()) for name in _NAMES + _UNITS}
    return {_PREFIX + name: value for name, value in values.items()}


def told_id(name: str) -> Any:
    """One id of `values_of`; without it a statement does not run."""
    return bindparam(_PREFIX + name, type_=Uuid, required=True)


def told_ids(name: str) -> Any:
    """Ids of `values_of`."""
    return bindparam(_PREFIX + name, type_=ARRAY(Uuid), required=True)


def told_names(name: str) -> Any:
    """Names of `values_of`."""
    return bindparam(_PREFIX + name, type_=ARRAY(String), required=True)


def within_reach(entity: Any, name: str, form: str | int) -> Any:
    """The condition that a row of a Scoped class stands in that part of the scope."""
    if form == "nothing":
        return false()
    if form == "everything":
        return true()
    if form == "unit":  # an equality, which the index answers in the order a list shows
        return entity.unit_id == told_id(f"{name}_unit")
    if form == "units":
        return entity.unit_id == any_(told_ids(f"{name}_units"))
    return getattr(entity, f"level_{form}") == told_id(f"{name}_root")
