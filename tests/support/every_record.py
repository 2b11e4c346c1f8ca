"""Exchange records of every kind with every field, at random: a file no office would keep, and each rule allows."""

from datetime import date, timedelta

from app.law import facts, terms
from app.law.steps import directions, outcomes

UNITS = ("P", "P.0", "P.1", "P.1.1", "P.1.1.1")
HOLDER = "Lê Văn Ba"
NEAR = "ông Trần Thị Hai, phó phòng"
NUMBER = "001085012345"
SUMMARIES = ("Tố cáo việc chi sai quỹ", f"Đơn nói {HOLDER} nhận tiền", "Hòa gia\u0309i không thành\u00a0 ở  thôn", "")


def units():
    """The records of the units, the inspectorate overseeing its province."""
    levels = ("province", "department", "department", "district", "commune")
    for code, level in zip(UNITS, levels, strict=True):
        more = {"parent": "P" if code == "P.0" else code.rpartition(".")[0]} if code != "P" else {}
        more |= {"oversees": "P"} if code == "P.0" else {}
        yield {"type": "unit", "code": code, "name": f"Đơn vị {code}", "level": level, **more}


def records(random, cases=40, petitions=90):
    """Records of all other types, in no order."""
    made = [case(random, place) for place in range(cases)]
    several = [petition(random, place, made) for place in range(petitions)]
    repeat(several)
    others = [reception(random, place, several) for place in range(petitions // 2)]
    for place in range(9):
        unit = random.choice(UNITS)
        on = day(random).isoformat()
        holder = random.choice(["head", "authorised"])
        others.append({"type": "reception_day", "id": f"N{place}", "unit": unit, "on": on, "holder": holder})
    for place, unit in enumerate(UNITS):
        span = {"from": "2025-01-01", "to": f"2025-0{place + 1}-28"}
        others.append({"type": "typed_form", "form": "06/QLKNTC", "unit": unit, "values": {"1": 3, "2": 0}, **span})
    found = [*units(), *made, *several, *others]
    random.shuffle(found)
    return found


def day(random, after=date(2025, 1, 2)):
    """A day within some months."""
    return after + timedelta(days=random.randint(0, 200))


def some(random, **values):
    """Each of the values, or not."""
    return {name: value for name, value in values.items() if random.random() < 0.6}


def case(random, place):
    """A case in any state."""
    kind = random.choice(["complaint", "denunciation", "denunciation", "reflection"])
    instance = random.choice([1, 2])
    accepted = day(random)
    found = {
        "type": "case",
        "case": f"C/{place}",
        "unit": random.choice(UNITS),
        "kind": kind,
        "instance": instance,
        "remote": random.random() < 0.5,
        "complexity": random.sample(range(1, 8), random.randint(0, 3)),
        **({"accepted_on": accepted.isoformat()} if place % 8 else {}),
        **({"previous": f"C/{place - 1}"} if place % 5 == 4 else {}),
    }
    if kind == "denunciation" and random.random() < 0.6:
        values = {"number": f"{place}/QĐ-GH", "days": 30, "criteria": [1, 3]}
        found["extensions"] = [{"on": day(random, accepted).isoformat(), **values}] * random.randint(0, 1)
    found |= some(random, suspensions=suspensions(random, accepted))
    if place % 8 and random.random() < 0.6:
        found |= decided(random, kind, instance, accepted)
    elif random.random() < 0.5:
        found[random.choice(["refused_on", "withdrawn_on", "discontinued_on"])] = day(random, accepted).isoformat()
        papers = {"ground": terms.codes("discontinuation_ground")[0], "number": "7/QĐ", "sent_on": "2025-11-02"}
        papers |= {"paper": terms.codes("withdrawal_paper")[0], "paper_number": "1/BB", "paper_on": "2025-11-01"}
        found |= some(random, ending=some(random, **papers))
    if place % 11 == 3:
        found["closed"] = {"on": day(random, accepted).isoformat(), "source": f"Sổ thụ lý, số {place}"}
    return found


def suspensions(random, accepted):
    """One that ended and one that runs."""
    first = day(random, accepted)
    until = first + timedelta(days=9)
    named = {"ground": terms.codes("suspension_ground")[0], "number": "5/QĐ", "sent_on": "2025-12-01"}
    named |= {"resumed_number": "6/QĐ", "resumed_sent_on": "2025-12-09"}
    closed = {"from": first.isoformat(), "to": until.isoformat(), **some(random, **named)}
    return [closed, *([{"from": (until + timedelta(days=3)).isoformat()}] if random.random() < 0.4 else [])]


def names(described):
    """What each fact is called in a record."""
    return [fact.name for fact in described]


def decided(random, kind, instance, accepted):
    """A decision with amounts, executed or not."""
    on = day(random, accepted)
    amounts = {fact.name: random.choice([0, 1.5, 20.125]) for fact in facts.AMOUNTS}
    counts = {name: 3 if name.startswith("people") else 1 for name in names(facts.RECOMMENDED)}
    found = {"on": on.isoformat(), "number": f"{random.randint(1, 20)}/QĐ", "outcome": outcomes(kind, instance)[0]}
    found |= some(random, **amounts, **{name: count for name, count in counts.items() if "officials" not in name})
    if "people_to_discipline" in found:
        found |= {"officials_to_discipline": 1}
    if "people_to_investigate" in found:
        found |= {"officials_to_investigate": 1}
    found |= some(random, sent_on=(on + timedelta(days=2)).isoformat())
    done = {name: 2 if name.startswith("people") else 1 for name in names(facts.EXECUTED)}
    entry = {"on": (on + timedelta(days=5)).isoformat(), **amounts, **done}
    execution = some(random, entries=[entry, {"on": entry["on"]}], finished_on=(on + timedelta(days=30)).isoformat())
    return {"decision": found} | ({"execution": execution} if execution else {})


def petition(random, place, cases):
    """A petition, of a case or not."""
    kind = random.choice(["complaint", "denunciation", "denunciation", "reflection"])
    received = day(random) if place % 9 else date(2031, 4, 1)  # of a year whose days off nobody knows
    nameless = random.random() < 0.1
    found = {
        "type": "petition",
        "id": f"Đ/{place}",
        "unit": random.choice(UNITS),
        "kind": kind,
        "source": random.choice(terms.codes("source")),
        "received_on": received.isoformat(),
        "signatories": "none" if nameless else random.choice(["one", "many"]),
        "people": random.randint(0, 5),
        "petitioners": [] if nameless else people(random),
        "respondents": respondents(random),
        "summary": random.choice(SUMMARIES),
        "field": random.choice(terms.codes("field")),
        "instance": random.choice([1, 2]),
        **some(random, dated_on=received.isoformat(), handlers=["CANBO.BA"], many_places=True),
        **({"closed": {"on": received.isoformat(), "source": f"Sổ đơn, số {place}"}} if place % 13 == 5 else {}),
    }
    if found["source"] == "forwarded":
        found["forwarded_on"] = received.isoformat()
    if place % 7 == 2:
        found["kept_closed"] = True
    if place % 6 == 1:
        found["former"] = [{"name": f"Lê Văn Nhầm {place}", "address": "Thôn 9"}]
    if random.random() < 0.3:
        found["discipline"] = terms.codes("discipline")[0]
    if random.random() < 0.5:
        found["previous_decision"] = {"number": "3/QĐ", "body": "UBND huyện", "on": "2024-03-01"}
    own = [one for one in cases if place % 3 and place // 4 % len(cases) == cases.index(one)]
    for one in own:
        found |= {name: one[name] for name in ("kind", "instance", "unit")} | {"case": one["case"]}
    if random.random() < 0.8:
        found["processed"] = processed(random, found, received)
    return found


def repeat(several):
    """Some repeat the first of their unit, kind and instance."""
    firsts = {}
    for place, one in enumerate(several):
        first = firsts.setdefault((one["unit"], one["kind"], one["instance"]), one)
        if first is not one and one["kind"] != "denunciation" and "case" not in one and place % 2:
            one["same_as"] = first["id"]


def processed(random, record, received):
    """How it was found, as its kind allows."""
    eligible = random.random() < 0.8
    nameless = record["kind"] == "denunciation" and record["signatories"] == "none"
    competent = eligible and not nameless and random.random() < 0.7
    found = {"on": (received + timedelta(days=random.randint(0, 9))).isoformat()}
    direction = random.choice(directions(eligible, competent))
    found |= {"eligible": eligible, "competent": competent, "direction": direction}
    return found | some(random, reason=f"Lý do, theo {NEAR}", to=random.choice(UNITS))


def people(random):
    """Some who sent it."""
    more = {"address": "Thôn 1", "id_number": "001", "phone": "09", "gender": "nữ", "ethnicity": "Ê Đê"}
    return [{"name": f"Nguyễn Thị {place}", **some(random, **more)} for place in range(random.randint(1, 3))]


def respondents(random):
    """Nobody, somebody, or an account's holder by name or by number."""
    told = [{"name": "Đỗ Quang Mẫu", "position": "Cán bộ", "organisation": "Sở"}, {"name": HOLDER}, {"name": NEAR}]
    told.append({"name": "Bà Không Quen", "id_number": NUMBER})
    return [random.choice(told[:1] if random.random() < 0.7 else told) for _ in range(random.randint(0, 2))]


def reception(random, place, petitions):
    """A meeting, about a petition or not."""
    more = {"matter": f"Vụ {place % 5}", "petitioners": people(random), "respondents": respondents(random)}
    more |= {"summary": random.choice(SUMMARIES) or "Kiến nghị", "result": "Đã hướng dẫn"}
    more |= {"petition": random.choice(petitions)["id"], "about": random.choice(terms.codes("kind"))}
    return {
        "type": "reception",
        "id": f"TD/{place}",
        "unit": random.choice(UNITS),
        "on": day(random).isoformat(),
        "kind": random.choice(terms.codes("reception_kind")),
        "people": random.randint(1, 4),
        **some(random, **more),
        **({"former": [{"name": f"Lê Thị Nhầm {place}"}]} if place % 5 == 1 else {}),
    }
