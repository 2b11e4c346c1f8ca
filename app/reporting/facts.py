"""What the statutory forms count, one SQL statement a form however many units (Thông tư 06/2025/TT-TTCP; the reading is
the team's counting rules).

Every statement takes :root (the unit at the top of the subtree), :a and :b (the period, both days included), and gives
one row a unit: unit_id, then c1, c2 …, then what the rules between forms ask of other forms, named as the rules name
it. Row security filters below: a statement never counts what the account may not see. A petition whose record was
withdrawn is not counted.
"""

from typing import Final

from sqlalchemy import TextClause, text

from app.law.crowds import CROWD
from app.law.forms import Form
from app.law.forms.registry import CURRENT, TYPED
from app.security.scope import DEPTH

# An equality that an index answers; the depth of :root takes the place of "DEPTH".
_UNITS: Final = "level_DEPTH = :root"

# What 01/TCD counts of a kind of reception, and the columns of 01/TCD they stand in.
_SESSIONS: Final = (
    ("regular", {"held": 5, "people": 6, "matters": 7, "groups": 8, "group_people": 9}),
    ("head", {"announced": 10, "held": 11, "people": 12, "matters": 13, "groups": 14, "group_people": 15}),
    ("authorised", {"announced": 16, "held": 17, "people": 18, "matters": 19, "groups": 20, "group_people": 21}),
)
_BY_KIND: Final = ", ".join(
    f"coalesce(sum({what}) filter (where kind = '{kind}'), 0) as c{number}"
    for kind, numbers in _SESSIONS
    for what, number in numbers.items()
)
_ALL_KINDS: Final = ", ".join(
    f"coalesce(sum({what}), 0) as c{number}"
    for what, number in {"held": 1, "people": 2, "matters": 3, "groups": 4}.items()
)

RECEPTIONS: Final = f"""
with sessions as (
    select unit_id, kind, count(*) as held, sum(people) as people,
        count(distinct coalesce(matter_key::text, id::text)) as matters,
        count(*) filter (where people >= {CROWD}) as groups,
        coalesce(sum(people) filter (where people >= {CROWD}), 0) as group_people
    from receptions where {_UNITS} and removed_at is null and held_on between :a and :b
    group by unit_id, kind
), days as (
    select unit_id, holder, count(*) as announced
    from reception_days where {_UNITS} and held_on between :a and :b group by unit_id, holder
), together as (
    select unit_id, kind, held, people, matters, groups, group_people, 0 as announced from sessions
    union all select unit_id, holder, 0, 0, 0, 0, 0, announced from days
)
select unit_id, {_BY_KIND}, {_ALL_KINDS} from together group by unit_id
"""

# The pool of 02/XLD: received by the end of the period, and received in it or not yet processed when it began.
_POOL: Final = f"""
pool as (
    select *, case when case_id is not null then case_id when same_as_id is null then id else
            coalesce((select first.case_id from petitions first where first.id = petitions.same_as_id), same_as_id)
        end as matter, coalesce(processed_on between :a and :b, false) as done,
        coalesce(processed_on between :a and :b and eligible, false) as fit,
        coalesce(processed_on between :a and :b and eligible and competent, false) as ours
    from petitions
    where {_UNITS} and removed_at is null and received_on <= :b
        and (received_on >= :a or processed_on is null or processed_on >= :a)
        and (closed_on is null or closed_on >= :a or processed_on >= :a)
)"""
_ADMINISTRATIVE: Final = "('land', 'policy', 'civil_service', 'administrative')"
# What columns 6 to 22 count of the petitions that are within the unit's competence.
_WITHIN_COMPETENCE: Final = (
    (6, "kind = 'complaint'"),
    (7, "kind = 'complaint' and instance = 1"),
    (8, "kind = 'complaint' and instance = 2"),
    (9, "kind = 'complaint' and field = 'land'"),
    (10, "kind = 'complaint' and field = 'policy'"),
    (11, "kind = 'complaint' and field not in ('land', 'policy')"),
    (12, "kind = 'denunciation'"),
    (13, "kind = 'denunciation' and instance = 1"),
    (14, "kind = 'denunciation' and instance = 2"),
    (15, f"kind = 'denunciation' and field in {_ADMINISTRATIVE}"),
    (16, "kind = 'denunciation' and field = 'corruption'"),
    (17, "kind = 'denunciation' and field = 'judicial'"),
    (18, f"kind = 'denunciation' and field not in {_ADMINISTRATIVE} and field not in ('corruption', 'judicial')"),
    (19, "kind = 'reflection'"),
    (20, "kind = 'reflection' and field = 'policy'"),
    (21, "kind = 'reflection' and field = 'land'"),
    (22, "kind = 'reflection' and field not in ('land', 'policy')"),
)
_OURS: Final = ", ".join(f"count(*) filter (where ours and {what}) as c{number}" for number, what in _WITHIN_COMPETENCE)

PROCESSING: Final = f"""
with {_POOL}
select unit_id, count(*) as c1, count(*) filter (where done) as c2, count(*) filter (where fit) as c3,
    count(*) filter (where ours) as c4, count(distinct matter) filter (where ours) as c5, {_OURS},
    count(*) filter (where fit and not ours) as c23,
    count(*) filter (where fit and not ours and direction = 'guide') as c24,
    count(*) filter (where fit and not ours and direction = 'forward') as c25,
    count(*) filter (where ours and kind = 'complaint') as "03/GQKN#1",
    count(*) filter (where ours and kind = 'denunciation') as "04/GQTC#1"
from pool group by unit_id
"""

# Whose execution is due in the period, and what was decided in it.
_DUE: Final = "decided_on <= :b and (finished_on is null or finished_on >= :a)"
_DECIDED: Final = "decided_on between :a and :b"


def _settlement(
    kind: str, outcomes: tuple[tuple[int, str, int], ...], amounts: tuple[str, ...], processed: str, executed: str
) -> str:
    """The statement of 03/GQKN or 04/GQTC: `outcomes` are (instance, outcome, column); `amounts` follow the last of
    them, in order; `processed` and `executed` are the columns of 02/XLD and 05/KQTH it has to agree with.
    """
    first = max(number for _, _, number in outcomes) + 1
    counted = ", ".join(
        f"count(*) filter (where instance = {instance} and outcome = '{outcome}') as c{number}"
        for instance, outcome, number in outcomes
    )
    states = ", ".join(f"count(*) filter (where state = {number}) as c{number}" for number in (3, 4, 5, 6))
    summed = ", ".join(f"coalesce(sum({name}), 0) as c{first + place}" for place, name in enumerate(amounts))
    pooled = ", ".join(f"coalesce(m.c{number}, 0) as c{number}" for number in range(1, 7))
    decided = ", ".join(f"coalesce(d.c{number}, 0) as c{number}" for number in range(7, first + len(amounts)))
    return f"""
with {_POOL}, matters as (
    select p.unit_id, p.matter, count(*) as petitions,
        case when min(c.withdrawn_on) <= :b or min(c.discontinued_on) <= :b then 6
            when min(c.refused_on) <= :b then 5 when min(c.accepted_on) <= :b then 4 else 3 end as state
    from pool p left join cases c on c.id = p.matter where p.ours and p.kind = '{kind}' group by p.unit_id, p.matter
), m as (
    select unit_id, sum(petitions) as c1, count(*) as c2, {states}
    from matters group by unit_id
), d as (
    select unit_id, count(*) as c7, {counted}, {summed}
    from decisions where {_UNITS} and kind = '{kind}' and {_DECIDED} group by unit_id
), due as (
    select unit_id, count(*) as executed
    from decisions where {_UNITS} and kind = '{kind}' and {_DUE} group by unit_id
)
select unit_id, {pooled}, {decided}, coalesce(m.c1, 0) as "{processed}", coalesce(due.executed, 0) as "{executed}"
from m full join d using (unit_id) full join due using (unit_id)
"""


_RECOMMENDED = (
    "state_money",
    "state_land",
    "returned_money",
    "returned_land",
    "organisations_restored",
    "individuals_restored",
)
_PEOPLE = (
    "people_to_discipline",
    "officials_to_discipline",
    "investigations",
    "people_to_investigate",
    "officials_to_investigate",
)
COMPLAINTS: Final = _settlement(
    "complaint",
    ((1, "justified", 8), (1, "unjustified", 9), (1, "partly", 10), (2, "upheld", 11), (2, "amended", 12)),
    (*_RECOMMENDED, *_PEOPLE),
    "02/XLD#6",
    "05/KQTH#1",
)
DENUNCIATIONS: Final = _settlement(
    "denunciation",
    ((1, "true", 8), (1, "false", 9), (1, "partly", 10), (2, "true", 11), (2, "false", 12), (2, "partly", 13)),
    (*_RECOMMENDED, "organisations_to_discipline", *_PEOPLE),
    "02/XLD#12",
    "05/KQTH#16",
)

_AMOUNTS = ("state_money", "state_land", "returned_money", "returned_land")
_DONE = (
    "organisations_disciplined",
    "people_disciplined",
    "officials_disciplined",
    "prosecutions",
    "people_prosecuted",
    "officials_prosecuted",
)


def _executed(kind: str, first: int, done: tuple[str, ...]) -> str:
    """The columns of one half of 05/KQTH from `first`: to execute, finished, due and collected, due and returned, then
    `done`.
    """
    columns = ["count(*)", "count(*) filter (where finished_on between :a and :b)"]
    for pair in (_AMOUNTS[:2], _AMOUNTS[2:]):
        # More executed than recommended leaves nothing to execute, never less than nothing.
        columns += [f"sum(greatest({name} - before_{name}, 0))" for name in pair]
        columns += [f"sum(within_{name})" for name in pair]
    columns += [f"sum(within_{name})" for name in done]
    return ", ".join(f"coalesce({_only(column, kind)}, 0) as c{first + place}" for place, column in enumerate(columns))


def _only(column: str, kind: str) -> str:
    if "filter (where" in column:
        return column.replace("filter (where", f"filter (where kind = '{kind}' and")
    return f"{column} filter (where kind = '{kind}')"


def _entries(name: str) -> str:
    within = f"coalesce(sum(e.{name}) filter (where e.executed_on between :a and :b), 0) as within_{name}"
    before = f"coalesce(sum(e.{name}) filter (where e.executed_on < :a), 0) as before_{name}"
    return f"{within}, {before}" if name in _AMOUNTS else within


_RECOMMENDED_AMOUNTS: Final = ", ".join(f"d.{name}" for name in _AMOUNTS)
_EXECUTED_AMOUNTS: Final = ", ".join(map(_entries, _AMOUNTS + _DONE))
_ALL_EXECUTED: Final = ", ".join(f"coalesce(c{number}, 0) as c{number}" for number in range(1, 32))

EXECUTION: Final = f"""
with due as (
    select d.id, d.unit_id, d.kind, d.finished_on, {_RECOMMENDED_AMOUNTS}, {_EXECUTED_AMOUNTS}
    from decisions d left join execution_entries e on e.case_id = d.case_id
    where d.{_UNITS} and d.kind in ('complaint', 'denunciation') and {_DUE}
    group by d.id
), executed as (
    select unit_id, {_executed("complaint", 1, _DONE[1:])}, {_executed("denunciation", 16, _DONE)}
    from due group by unit_id
), decided as (
    select unit_id, count(*) filter (where kind = 'complaint') as complaints,
        count(*) filter (where kind = 'denunciation') as denunciations
    from decisions where {_UNITS} and kind in ('complaint', 'denunciation') and {_DECIDED} group by unit_id
)
select unit_id, {_ALL_EXECUTED}, coalesce(complaints, 0) as "03/GQKN#7", coalesce(denunciations, 0) as "04/GQTC#7"
from executed full join decided using (unit_id)
"""


def _typed(form: Form) -> str:
    """The statement of a form that is typed: every form's figures come as columns, so that their sums can."""
    columns = ", ".join(f"coalesce(cast(values->>'{number}' as numeric), 0) as c{number}" for number in form.numbers)
    return f"""
select unit_id, {columns} from typed_forms where {_UNITS} and form = '{form.key}' and start_on = :a and end_on = :b
"""


_BY_FORM: Final = {
    "01/TCD": RECEPTIONS,
    "02/XLD": PROCESSING,
    "03/GQKN": COMPLAINTS,
    "04/GQTC": DENUNCIATIONS,
    "05/KQTH": EXECUTION,
    TYPED: _typed(next(form for form in CURRENT.forms if form.key == TYPED)),
}


def _beside(key: str) -> tuple[str, ...]:
    sides = [(rule.left, rule.right) for form in CURRENT.forms for rule in form.cross]
    of_others = [
        other
        for left, right in sides
        for mine, other in ((left, right), (right, left))
        if mine.split("#")[0] == key != other.split("#")[0]
    ]
    return tuple(sorted(of_others))


# {form: what the rules between forms ask of others}, "form#column": the form's own statement says that too, so that
# nothing is counted twice and both sides of a rule are of one moment.
BESIDE: Final = {form.key: _beside(form.key) for form in CURRENT.forms}


def _by_part(form: Form, depth: int) -> str:
    """The form's figures summed for the unit alone (part is null) and for each unit directly below it with all under
    it: of units that existed in the period; `below` of them stand under the part's own unit, `missing` have no row.
    """
    part = f"u.level_{depth + 1}" if depth + 1 < DEPTH else "cast(null as uuid)"
    names = [*(f"c{number}" for number in form.numbers), *BESIDE[form.key]]
    sums = ", ".join(f'coalesce(sum(f."{name}"), 0) as "{name}"' for name in names)
    return f"""
with figures as ({_BY_FORM[form.key]})
select {part} as part, count(*) filter (where u.id <> {part}) as below,
    count(*) filter (where f.unit_id is null) as missing, {sums}
from units u left join figures f on f.unit_id = u.id
where u.path >= :low and u.path < :high
    and (u.valid_from is null or u.valid_from <= :b) and (u.valid_to is null or u.valid_to >= :a)
group by part
"""


def _at_depths(statements: dict[str, list[str]]) -> dict[tuple[str, int], TextClause]:
    return {
        (key, depth): text(statement.replace("DEPTH", str(depth)))
        for key, of_form in statements.items()
        for depth, statement in enumerate(of_form)
    }


# {(form, depth of the unit at the top): statement}: a row a unit; a row a part, which takes :low and :high besides.
BY_UNIT: Final = _at_depths({key: [statement] * DEPTH for key, statement in _BY_FORM.items()})
BY_PART: Final = _at_depths({form.key: [_by_part(form, depth) for depth in range(DEPTH)] for form in CURRENT.forms})
