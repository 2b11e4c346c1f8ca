"""A second, plain counting of the five forms from exchange records, written apart from the application's SQL so that
the two can be held against each other.
"""

from datetime import date
from decimal import Decimal

AMOUNTS = ("state_money", "state_land", "returned_money", "returned_land")
TAIL = (*AMOUNTS, "organisations_restored", "individuals_restored")


def iso(text):
    return date.fromisoformat(text) if text else None


def within(text, start, end):
    return text is not None and start <= iso(text) <= end


def number(value):
    return Decimal(str(value or 0))


def count(form, records, unit, start, end):
    """{column: figure} of one unit's own row."""
    mine = [record for record in records if record.get("unit") == unit]
    petitions = [record for record in mine if record["type"] == "petition"]
    cases = {record["case"]: record for record in mine if record["type"] == "case"}
    return {
        "01/TCD": receptions,
        "02/XLD": processing,
        "03/GQKN": complaints,
        "04/GQTC": denunciations,
        "05/KQTH": execution,
    }[form](mine, petitions, cases, start, end)


def receptions(mine, _petitions, _cases, start, end):
    row = {}
    held = [record for record in mine if record["type"] == "reception" and within(record["on"], start, end)]
    announced = [record for record in mine if record["type"] == "reception_day" and within(record["on"], start, end)]
    for kind, first in (("regular", 5), ("head", 11), ("authorised", 17)):
        block = [record for record in held if record["kind"] == kind]
        groups = [record["people"] for record in block if record["people"] >= 5]
        matters = {record.get("matter") or ("alone", record["id"]) for record in block}
        for place, value in enumerate(
            [len(block), sum(record["people"] for record in block), len(matters), len(groups), sum(groups)]
        ):
            row[first + place] = value
    row[10] = sum(record["holder"] == "head" for record in announced)
    row[16] = sum(record["holder"] == "authorised" for record in announced)
    for total, parts in {1: (5, 11, 17), 2: (6, 12, 18), 3: (7, 13, 19), 4: (8, 14, 20)}.items():
        row[total] = sum(row[part] for part in parts)
    return row


def competent_of(petitions, start, end):
    pool = []
    for record in petitions:
        received = iso(record["received_on"])
        done = record.get("processed")
        if received <= end and (received >= start or done is None or iso(done["on"]) >= start):
            pool.append(record)
    handled = [record for record in pool if record.get("processed") and within(record["processed"]["on"], start, end)]
    fit = [record for record in handled if record["processed"]["eligible"]]
    return pool, handled, fit, [record for record in fit if record["processed"]["competent"]]


def matters_of(petitions):
    return {record.get("case") or ("alone", record["id"]) for record in petitions}


def processing(_mine, petitions, _cases, start, end):
    pool, handled, fit, ours = competent_of(petitions, start, end)
    row = {1: len(pool), 2: len(handled), 3: len(fit), 4: len(ours), 5: len(matters_of(ours))}

    def tally(kind, test):
        return sum(record["kind"] == kind and test(record) for record in ours)

    def by_field(kind, first, groups):
        rest = tally(kind, lambda record: True)
        for place, fields in enumerate(groups):
            row[first + place] = tally(kind, lambda record, fields=fields: record["field"] in fields)
            rest -= row[first + place]
        row[first + len(groups)] = rest

    for kind, first in (("complaint", 6), ("denunciation", 12), ("reflection", 19)):
        row[first] = tally(kind, lambda record: True)
        if kind != "reflection":
            row[first + 1], row[first + 2] = (tally(kind, lambda record, n=n: record["instance"] == n) for n in (1, 2))
    by_field("complaint", 9, [{"land"}, {"policy"}])
    by_field("denunciation", 15, [{"land", "policy", "civil_service", "administrative"}, {"corruption"}, {"judicial"}])
    by_field("reflection", 20, [{"policy"}, {"land"}])
    others = [record["processed"]["direction"] for record in fit if not record["processed"]["competent"]]
    row[23] = len(others)
    row[24] = others.count("guide")
    row[25] = others.count("forward")
    return row


def state_of(case, end):
    if case is None:
        return 3
    if any(case.get(name) and iso(case[name]) <= end for name in ("withdrawn_on", "discontinued_on")):
        return 6
    if case.get("refused_on") and iso(case["refused_on"]) <= end:
        return 5
    return 4 if case.get("accepted_on") and iso(case["accepted_on"]) <= end else 3


def settlement(kind, petitions, cases, start, end, outcomes, people):
    ours = [record for record in competent_of(petitions, start, end)[3] if record["kind"] == kind]
    matters = matters_of(ours)
    states = [state_of(cases.get(matter) if isinstance(matter, str) else None, end) for matter in matters]
    decided = [
        case
        for case in cases.values()
        if case["kind"] == kind and case.get("decision") and within(case["decision"]["on"], start, end)
    ]
    row = {1: len(ours), 2: len(matters), **{state: states.count(state) for state in (3, 4, 5, 6)}, 7: len(decided)}
    column = 8
    for instance, outcome in outcomes:
        row[column] = sum(case["instance"] == instance and case["decision"]["outcome"] == outcome for case in decided)
        column += 1
    for name in (*TAIL, *people):
        row[column] = sum((number(case["decision"].get(name)) for case in decided), Decimal(0))
        column += 1
    return row


def complaints(_mine, petitions, cases, start, end):
    outcomes = [(1, "justified"), (1, "unjustified"), (1, "partly"), (2, "upheld"), (2, "amended")]
    people = (
        "people_to_discipline",
        "officials_to_discipline",
        "investigations",
        "people_to_investigate",
        "officials_to_investigate",
    )
    return settlement("complaint", petitions, cases, start, end, outcomes, people)


def denunciations(_mine, petitions, cases, start, end):
    outcomes = [(instance, outcome) for instance in (1, 2) for outcome in ("true", "false", "partly")]
    people = (
        "organisations_to_discipline",
        "people_to_discipline",
        "officials_to_discipline",
        "investigations",
        "people_to_investigate",
        "officials_to_investigate",
    )
    return settlement("denunciation", petitions, cases, start, end, outcomes, people)


def execution(_mine, _petitions, cases, start, end):
    row = {}
    for kind, first, organisations in (("complaint", 1, False), ("denunciation", 16, True)):
        due = []
        for case in cases.values():
            decision = case.get("decision")
            finished = case.get("execution", {}).get("finished_on")
            if (
                case["kind"] == kind
                and decision
                and iso(decision["on"]) <= end
                and not (finished and iso(finished) < start)
            ):
                due.append(case)
        entries = {case["case"]: case.get("execution", {}).get("entries") or [] for case in due}
        figures = [len(due), sum(within(case.get("execution", {}).get("finished_on"), start, end) for case in due)]
        for pair in (AMOUNTS[:2], AMOUNTS[2:]):
            for name in pair:
                # findings A12: never negative, decision by decision: what was executed beyond one is not taken off
                # another.
                left = Decimal(0)
                for case in due:
                    done = sum(
                        (number(entry.get(name)) for entry in entries[case["case"]] if iso(entry["on"]) < start),
                        Decimal(0),
                    )
                    left += max(number(case["decision"].get(name)) - done, Decimal(0))
                figures.append(left)
            for name in pair:
                figures.append(
                    sum(
                        number(entry.get(name))
                        for case in due
                        for entry in entries[case["case"]]
                        if within(entry["on"], start, end)
                    )
                )
        names = [
            "people_disciplined",
            "officials_disciplined",
            "prosecutions",
            "people_prosecuted",
            "officials_prosecuted",
        ]
        for name in (["organisations_disciplined"] if organisations else []) + names:
            figures.append(
                sum(
                    number(entry.get(name))
                    for case in due
                    for entry in entries[case["case"]]
                    if within(entry["on"], start, end)
                )
            )
        row |= {first + place: value for place, value in enumerate(figures)}
    return row
