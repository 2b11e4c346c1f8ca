"""Made-up petitions, cases and receptions for demonstrations and measurements: names from lists, sentences from
patterns.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from app.law.execution import WITHOUT_AMOUNTS
from app.law.extensions import LONGEST
from app.law.grounds import DISCONTINUE, SUSPEND, WITHDRAWN, grounds
from app.law.steps import BY_KEY, CASE, outcomes
from app.operations.record_values import Record

TWO_TIERS = date(2025, 7, 1)  # two-tier local government began; communes of today exist since then
UNITS = (
    ("H42", "UBND tỉnh mẫu", "province"),
    ("H42.01", "Sở Nông nghiệp và Môi trường tỉnh mẫu", "department"),
    ("H42.02", "Sở Xây dựng tỉnh mẫu", "department"),
    ("H42.03", "Sở Nội vụ tỉnh mẫu", "department"),
    ("H42.04", "Sở Giáo dục và Đào tạo tỉnh mẫu", "department"),
    ("H42.05", "Thanh tra tỉnh mẫu", "department"),
    *((f"H42.{number}", f"UBND xã mẫu số {number}", "commune") for number in range(101, 113)),
)
REASONS = (
    "Đơn không có chữ ký",
    "Không rõ họ tên, địa chỉ",
    "Đã được hướng dẫn một lần",
    "Đơn gửi nhiều nơi, đã có cơ quan thẩm quyền nhận",
)
_SURNAMES = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Phan",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Đinh",
    "Trịnh",
]
_MIDDLE = ["Văn", "Thị", "Hữu", "Đức", "Minh", "Ngọc", "Quang", "Thanh", "Thu", "Xuân", "Hồng", "Quốc"]
_GIVEN = [
    "An",
    "Bình",
    "Châu",
    "Dũng",
    "Đạt",
    "Giang",
    "Hà",
    "Hải",
    "Hạnh",
    "Hòa",
    "Hùng",
    "Hương",
    "Khánh",
    "Lan",
    "Linh",
    "Long",
    "Mai",
    "Nam",
    "Nga",
    "Phúc",
    "Quân",
    "Sơn",
    "Tâm",
    "Thảo",
    "Thủy",
    "Trang",
    "Tuấn",
    "Vinh",
    "Yến",
]
_SUBJECTS = {
    "land": (
        "việc thu hồi {n} m² đất trồng lúa",
        "giá bồi thường khi thu hồi đất ở",
        "ranh giới thửa đất số {n}",
        "việc cấp giấy chứng nhận cho thửa số {n}",
    ),
    "policy": (
        "chế độ trợ cấp người có công",
        "mức hỗ trợ tái định cư",
        "trợ cấp xã hội hằng tháng",
        "chế độ bảo hiểm khi nghỉ việc",
    ),
    "civil_service": (
        "quyết định điều động công tác",
        "kết quả xét nâng bậc lương",
        "thái độ của cán bộ bộ phận một cửa",
    ),
    "administrative": ("quyết định xử phạt số {n}", "việc chậm trả kết quả hồ sơ", "quyết định cưỡng chế công trình"),
    "corruption": (
        "việc thu tiền ngoài quy định",
        "việc chi sai {n} triệu đồng quỹ xây dựng",
        "việc nhận tiền khi xét hỗ trợ",
    ),
    "judicial": ("việc chậm thi hành án", "việc không thụ lý đơn khởi kiện"),
    "party": ("việc vi phạm quy định về những điều không được làm",),
    "other": ("ô nhiễm do cơ sở sản xuất", "tiếng ồn của công trình", "đường liên thôn hư hỏng"),
}
_VERB = {"complaint": "Khiếu nại", "denunciation": "Tố cáo", "reflection": "Kiến nghị, phản ánh"}
_TAIL = (
    "đề nghị xem xét lại.",
    "đề nghị giải quyết theo quy định.",
    "đề nghị kiểm tra, xác minh và trả lời bằng văn bản.",
    "đề nghị làm rõ trách nhiệm.",
)


def name(random: Random) -> str:
    """A made-up name."""
    return f"{random.choice(_SURNAMES)} {random.choice(_MIDDLE)} {random.choice(_GIVEN)}"


def person(random: Random) -> Record:
    """A made-up petitioner."""
    return {
        "name": name(random),
        "address": f"Thôn {random.randint(1, 20)}, xã mẫu số {random.randint(101, 112)}",
        "id_number": (
            f"0{random.randint(10, 96)}{random.randint(0, 3)}{random.randint(50, 99)}{random.randint(0, 999999):06d}"
        ),
        "phone": f"09{random.randint(0, 99999999):08d}",
    }


def summary(random: Random, kind: str, field: str) -> str:
    """A made-up sentence on what the petition is about."""
    subject = random.choice(_SUBJECTS[field]).format(n=random.randint(10, 990))
    return f"{_VERB[kind]} về {subject} tại thôn {random.randint(1, 20)}; {random.choice(_TAIL)}"


def petition(random: Random, number: str, unit: str, received: date) -> Record:
    """A made-up petition, not yet processed."""
    kind = random.choices(["complaint", "denunciation", "reflection"], [40, 22, 38])[0]
    fields = (
        list(_SUBJECTS) if kind == "denunciation" else ["land", "policy", "civil_service", "administrative", "other"]
    )
    weights = [3, 2, 2, 2, 3, 1, 1, 1] if kind == "denunciation" else [5, 3, 1, 2, 2]
    field = random.choices(fields, weights)[0]
    signatories = random.choices(["one", "many", "none"], [85, 10, 5 if kind == "denunciation" else 0])[0]
    people = 1 if signatories != "many" else random.randint(2, 12)
    respondents = (
        [{"name": name(random), "position": "Cán bộ", "organisation": "Đơn vị mẫu"}] if kind == "denunciation" else []
    )
    return {
        "type": "petition",
        "id": number,
        "unit": unit,
        "kind": kind,
        "source": random.choices(["post", "reception", "forwarded", "online"], [4, 3, 2, 2])[0],
        "received_on": received.isoformat(),
        "dated_on": (received - timedelta(days=random.randint(0, 6))).isoformat(),
        "signatories": signatories,
        "people": people,
        "petitioners": [] if signatories == "none" else [person(random) for _ in range(min(people, 3))],
        "respondents": respondents,
        "summary": summary(random, kind, field),
        "field": field,
        "instance": 2 if kind != "reflection" and random.random() < 0.15 else 1,
    }


def case(random: Random, of: Record, number: str, opened: date, day: date) -> Record:
    """A made-up case for a petition, somewhere on its way."""
    made: Record = {
        "type": "case",
        "case": number,
        "unit": of["unit"],
        "kind": of["kind"],
        "instance": of["instance"],
        "remote": random.random() < 0.1,
    }
    made["complexity"] = (
        sorted(random.sample(range(1, 8), random.choice([1, 2])))
        if random.random() < 0.15 and of["kind"] != "reflection"
        else []
    )
    accepted = opened + timedelta(days=random.randint(0, 5))
    fate = random.random()
    recent = (day - opened).days < 70
    if accepted > day or (recent and fate < 0.05):
        return made
    if fate < 0.10:
        return made | {"refused_on": accepted.isoformat()}
    made["accepted_on"] = accepted.isoformat()
    settled = accepted + timedelta(days=random.randint(12, 60))
    if of["kind"] == "denunciation":
        made["extensions"] = [*_extensions(random, made["complexity"], accepted, min(settled, day))]
    if settled > day or (recent and fate < 0.3):
        if random.random() < 0.4 and accepted + timedelta(days=3) <= day:
            _suspend(random, made, accepted + timedelta(days=3))
    elif fate < 0.20:
        made["withdrawn_on"] = settled.isoformat()
    elif fate < 0.24 and BY_KEY[(CASE, DISCONTINUE)].in_force(of["kind"], settled):
        _discontinue(random, made, settled)
    else:
        if random.random() < 0.1:
            _suspend(random, made, accepted + timedelta(days=2), accepted + timedelta(days=7))
        _decide(random, made, settled, day)
    return made


def _extensions(random: Random, criteria: list[int], accepted: date, day: date) -> Iterator[Record]:
    for place in range(len(criteria)):
        on = accepted + timedelta(days=LONGEST * (place + 1) - 5)
        if on <= day and random.random() < 0.8:
            yield {"on": on.isoformat(), "number": _paper(random), "days": LONGEST, "criteria": criteria}
        else:
            return


def _suspend(random: Random, made: Record, start: date, end: date | None = None) -> None:
    found = grounds(SUSPEND, made["kind"])
    if found and BY_KEY[(CASE, SUSPEND)].in_force(made["kind"], start):
        item = {"from": start.isoformat(), "ground": random.choice(found).code, "number": _paper(random)}
        made["suspensions"] = [item | ({"to": end.isoformat(), "resumed_number": _paper(random)} if end else {})]


def _discontinue(random: Random, made: Record, on: date) -> None:
    made["discontinued_on"] = on.isoformat()
    found = [ground.code for ground in grounds(DISCONTINUE, made["kind"]) if ground.code != WITHDRAWN]
    if found:
        made["ending"] = {"ground": random.choice(found), "number": _paper(random)}


def _paper(random: Random) -> str:
    return f"{random.randint(1, 9999):02d}/QĐ-UBND"


def _decide(random: Random, made: Record, on: date, day: date) -> None:
    decision: dict[str, Any] = {
        "on": on.isoformat(),
        "number": f"{int(re.sub(r'.*[^0-9]', '', made['case'])):02d}/QĐ-UBND",  # as the case's: given once
        "outcome": random.choice(outcomes(made["kind"], made["instance"])),
    }
    made["decision"] = decision
    if made["kind"] == "reflection" or decision["outcome"] in WITHOUT_AMOUNTS or random.random() < 0.4:
        return
    people = random.randint(0, 3)
    decision |= {
        "state_money": random.randint(0, 4000) / 8,
        "state_land": random.randint(0, 3000),
        "returned_money": random.randint(0, 2000) / 8,
        "returned_land": random.randint(0, 1000),
        "organisations_restored": random.randint(0, 1),
        "individuals_restored": random.randint(0, 5),
        "people_to_discipline": people,
        "officials_to_discipline": random.randint(0, people),
    }
    executed = on + timedelta(days=random.randint(10, 90))
    if executed <= day:
        share = random.choice([0.25, 0.5, 1])
        entry: Record = {
            key: round(decision[key] * share, 3)
            for key in ("state_money", "state_land", "returned_money", "returned_land")
        }
        made["execution"] = {
            "entries": [{"on": executed.isoformat(), **entry}],
            "finished_on": executed.isoformat() if share == 1 else None,
        }


def reception(random: Random, number: str, units: list[str], day: date) -> Record:
    """A made-up reception."""
    on = max(day - timedelta(days=random.randint(0, 540)), TWO_TIERS)
    return {
        "type": "reception",
        "id": number,
        "unit": random.choice(units),
        "on": on.isoformat(),
        "kind": random.choices(["regular", "head", "authorised"], [7, 2, 1])[0],
        "people": random.choices([1, 2, 4, 7, 12], [75, 12, 5, 5, 3])[0],
        "matter": f"Vụ {random.randint(1, 400)}",
        "petitioners": [person(random)],
        "summary": summary(random, "reflection", random.choice(["land", "policy", "other"])),
        "result": "Đã hướng dẫn công dân",
    }
