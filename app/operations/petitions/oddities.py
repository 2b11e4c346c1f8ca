"""What looks odd in a petition that is nevertheless taken: told to whoever typed it, who mends it or leaves it."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from app.law.crowds import CROWD, SOURCE, representatives
from app.law.facts import PETITION, oddly_ordered
from app.text.id_numbers import odd_paper, odd_phone

LONG_AGO = timedelta(days=31)  # a petition that was received longer ago is entered late


def petition_oddities(values: Mapping[str, Any], today: date) -> Iterator[str]:
    """A sentence for each thing that looks odd in what was typed; `values` as `petitions.register` takes them."""
    people = values["people"]
    signatories = values["signatories"]
    if signatories == "one" and people > 1:
        yield f"ghi {people} người nhưng chọn một người đứng tên; kiểm tra lại số người và người đứng tên"
    if signatories == "many" and people < 2:
        yield "chọn nhiều người đứng tên nhưng chỉ ghi một người; kiểm tra lại số người"
    for sentence, _ in oddly_ordered(PETITION, values):
        yield f"{sentence}; kiểm tra lại ngày"
    if today - values["received_on"] > LONG_AGO:
        yield f"ngày nhận {values['received_on']:%d/%m/%Y} đã quá một tháng; kiểm tra lại nếu gõ nhầm"
    for person in (*values["petitioners"], *values["respondents"]):
        yield from _of_person(person, today)
    yield from _representatives(values["petitioners"], people)
    if values["kind"] == "denunciation" and any(person.get("part") == "authorised" for person in values["petitioners"]):
        yield "tố cáo không thực hiện qua người được ủy quyền; kiểm tra lại tư cách của người này"


def _of_person(person: Mapping[str, Any], today: date) -> Iterator[str]:
    organisation = person.get("sort") == "organisation"
    name = person.get("name", "")
    if person.get("id_number") and (odd := odd_paper(person["id_number"], today, organisation)):
        yield f"{name}: {odd}"
    if person.get("phone") and (odd := odd_phone(person["phone"])):
        yield f"{name}: {odd}"
    if person.get("part") == "authorised" and not person.get("paper"):
        yield f"{name}: chưa ghi giấy ủy quyền"


def _representatives(petitioners: list[Mapping[str, Any]], people: int) -> Iterator[str]:
    named = sum(person.get("part") == "representative" for person in petitioners)
    least, most = representatives(people)
    if people >= CROWD and named < least:
        yield f"đơn của {people} người thì cử người đại diện ({SOURCE}); chưa ghi ai là đại diện"
    if people >= CROWD and named > most:
        yield f"đơn của {people} người chỉ cử tối đa {most} người đại diện ({SOURCE}); đang ghi {named}"
