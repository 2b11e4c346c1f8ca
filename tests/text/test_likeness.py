"""Two petitions are one where the person and the matter agree, however they were typed."""

import pytest

from app.text.likeness import ENOUGH, likeness, traits_of

PERSON = {
    "name": "Nguyễn Văn Mẫu",
    "address": "Thôn 5, xã mẫu số 101",
    "id_number": "001085000123",
    "phone": "0912345678",
}
SAID = "Khiếu nại việc thu hồi 320 m² đất trồng lúa tại thôn 5 để làm đường liên xã; đề nghị xem xét lại."
OTHER = "Phản ánh mùi hôi từ trại lợn cạnh trường mầm non kéo dài từ đầu năm; đề nghị kiểm tra."


def weight(word):
    return 0.1 if word in ("khieu", "nai", "de", "nghi", "viec", "xem", "xet", "lai") else 0.7


def alike(person, said, respondents=((), ()), first=PERSON):
    one = traits_of([first] if first else [], [{"name": name} for name in respondents[0]], SAID)
    other = traits_of([person] if person else [], [{"name": name} for name in respondents[1]], said)
    return likeness(one, other, weight)


def without(*names):
    return {name: value for name, value in PERSON.items() if name not in names}


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (PERSON, SAID),
        (
            PERSON | {"name": "NGUYEN VAN MAU"},
            "khieu nai viec thu hoi 320 m2 dat trong lua tai thon 5 lam duong lien xa",
        ),
        (without("id_number", "phone"), SAID),
        (PERSON | {"name": "Nguyễn Văn Mâuu"}, SAID.replace("đường", "đưưng").replace("lúa", "lúâ")),
        (PERSON | {"id_number": "0010 8500 0123"}, SAID),
        (PERSON | {"phone": "+84 912 345 678", "id_number": ""}, SAID),
        (without("address"), "Tôi xin trình bày: xã làm đường liên xã đã thu hồi 320 m² đất trồng lúa ở thôn 5"),
        (PERSON | {"name": "Ông Nguyễn Văn Mẫu", "id_number": "001085000132"}, SAID),
    ],
)
def test_one_petition_handed_in_again_is_told(person, said):
    assert alike(person, said).score >= ENOUGH


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (PERSON, OTHER),
        (PERSON | {"id_number": "001085999999", "phone": "", "address": "Thôn 9, xã mẫu số 110"}, SAID),
        (PERSON | {"name": "Trần Thị Khác", "id_number": "", "phone": "", "address": ""}, SAID),
        ({"name": "Trần Thị Khác", "address": PERSON["address"]}, SAID),
        ({"name": "Nguyễn Văn Mẫu", "address": "Thôn 9, xã khác"}, SAID),
        ({}, OTHER),
    ],
)
def test_another_person_or_another_matter_is_not(person, said):
    assert alike(person, said).score < ENOUGH


def test_why_is_told_and_a_respondent_of_both_counts():
    found = alike(without("phone"), SAID, (("Trần Thị Bị",), ("bà Tran Thi Bi",)))
    assert found.why == ("person", "id_number", "address", "respondent", "content")
    apart = alike(PERSON, SAID.replace("320", "45"), (("Trần Thị Bị",), ("Lê Văn Kia",)))
    assert "respondent" not in apart.why
    assert apart.content < alike(PERSON, SAID.replace("320", "45")).content


def test_without_a_name_only_a_long_text_that_is_nearly_the_same_counts():
    assert alike({}, SAID, first=None).score >= ENOUGH
    assert alike({}, SAID.replace("320 m² đất trồng lúa", "nhà ở của tôi"), first=None).score < ENOUGH
    short = traits_of([], [], "đề nghị xem xét lại")
    assert likeness(short, short, weight).score == 0
