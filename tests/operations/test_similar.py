"""A petition handed in again is found; whoever asks learns only what the account may know, and leaves a trace."""

import json
from random import Random

import pytest
from sqlalchemy import select

from app.cli import main
from app.extensions import db
from app.models import Account, Petition
from app.operations.petitions import suggestions
from app.operations.petitions.similar import every_pair
from app.operations.refusal import Refused
from app.security.account_scope import permissions_and_scope
from app.security.scope import enter
from tests.conftest import Browser, create_account, pages_of, petition_record, take_in
from tests.support import again

SAID = "Khiếu nại việc thu hồi 320 m² đất trồng lúa tại thôn 5 để làm đường liên xã; đề nghị xem xét lại."
REWORDED = "xa lam duong lien xa thu hoi 320 m2 dat trong lua tai thon 5, de nghi xem xet lai"
CLOSED = "Tố cáo ông trưởng thôn thu tiền làm đường của bốn mươi hộ, không lập sổ từ năm 2024"
PERSON = {"name": "Nguyễn Văn Mẫu", "address": "Thôn 5, xã mẫu", "id_number": "001085000123"}
KEEPER = {"name": "Lê Thị Kín", "address": "Thôn 7, xã mẫu", "id_number": "001185000777"}


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    def one(number, unit, said, person, **more):
        return petition_record(number, unit, summary=said, petitioners=[person], **more)

    denounced = {"kind": "denunciation", "field": "corruption"}
    records = [
        {"type": "unit", "code": "P", "name": "Tỉnh P", "level": "province"},
        {"type": "unit", "code": "P1", "name": "Sở Một", "level": "department", "parent": "P"},
        {"type": "unit", "code": "P2", "name": "Sở Hai", "level": "department", "parent": "P"},
        one("G-1", "P1", SAID, PERSON),
        one("G-2", "P1", REWORDED, PERSON | {"name": "nguyen van mau"}),
        one("G-3", "P2", SAID, PERSON),
        one("G-4", "P1", "Phản ánh mùi hôi từ trại lợn cạnh trường mầm non kéo dài", PERSON, kind="reflection"),
        one("G-5", "P1", SAID, {"name": "Trần Thị Khác", "id_number": "001185000999"}),
        one("T-1", "P1", CLOSED, KEEPER, handlers=["MOT"], **denounced),
        one("T-2", "P2", CLOSED, KEEPER, **denounced),
    ]
    with installation.session() as session:
        take_in(session, tmp_path_factory.mktemp("again"), records)
        units = {unit.code: unit for unit in session.scalars(select(Petition.unit.property.mapper.class_))}
        for name, unit, role in (
            ("MOT", "P1", "officer"),
            ("BAK", "P1", "officer"),
            ("TIEP", "P1", "reception"),
            ("HAI", "P2", "officer"),
            ("LANHDAO", "P1", "leader"),
            ("SOLIEU", "P1", "synthesis"),
        ):
            create_account(session, name, units[unit], role)
        session.commit()
    return installation


def asked(office, name, number):
    """What the account is told beside that petition: numbers, units elsewhere, units of leaders, reasons."""
    with office.app.app_context():
        session = db.session()
        account = session.scalars(select(Account).where(Account.username == name)).one()
        enter(session, permissions_and_scope(session, account)[1])
        petition = session.scalars(select(Petition).where(Petition.number == number)).one()
        found = suggestions.about(session, petition)
        told = [row.number for row, _ in found.here], found.elsewhere, found.leaders
        reasons = {key for _, alike in found.here for key in alike.why}
        session.commit()
        return *told, reasons


def typed(office, name, said, person):
    with office.app.app_context():
        session = db.session()
        account = session.scalars(select(Account).where(Account.username == name)).one()
        enter(session, permissions_and_scope(session, account)[1])
        values = {"petitioners": [person], "respondents": [], "summary": said}
        found = suggestions.about_typed(session, account.unit_id, values)
        session.commit()
        return [row.number for row, _ in found.here], found.elsewhere, found.leaders


def test_in_ones_own_unit_with_why_and_elsewhere_by_unit_only(office):
    here, elsewhere, leaders, why = asked(office, "MOT", "G-1")
    assert (here, elsewhere, leaders) == (["G-2"], ["Sở Hai"], [])
    assert why == {"person", "id_number", "address", "content"}


def test_a_name_alone_or_a_matter_alone_tells_nothing_of_another_unit(office):
    assert typed(office, "MOT", SAID, PERSON)[1] == ["Sở Hai"]
    assert typed(office, "MOT", "Đề nghị cấp lại giấy phép xây dựng đã mất khi chuyển nhà tháng trước", PERSON)[1] == []
    assert typed(office, "MOT", SAID, {"name": "Phạm Văn Đoán"})[1] == []
    guess = "Khiếu nại việc thu hồi đất, đề nghị xem xét lại bồi thường, hỗ trợ, tái định cư cho gia đình chúng tôi"
    assert typed(office, "MOT", guess, PERSON)[1] == [], "a person, and a matter that half the petitions are about"


def test_a_denunciation_is_known_by_its_content_to_whom_it_is_open_and_no_name_is_confirmed(office):
    for person in (KEEPER, {"name": "Phạm Văn Đoán"}, {}):
        assert typed(office, "MOT", CLOSED, person) == (["T-1"], [], [])
    assert typed(office, "MOT", "Đề nghị trả lời đơn đã gửi năm ngoái về thu tiền", KEEPER) == ([], [], [])
    assert typed(office, "BAK", CLOSED, KEEPER) == ([], [], []), "not a handler"
    assert typed(office, "TIEP", CLOSED, KEEPER) == ([], [], [])


def test_of_a_denunciation_elsewhere_only_the_leader_learns(office):
    assert asked(office, "MOT", "T-1")[:3] == ([], [], [])
    assert asked(office, "LANHDAO", "T-1")[:3] == ([], [], ["Sở Hai"])


def test_whom_a_petition_is_closed_to_is_not_hinted_at_it(office):
    with office.session() as session:
        petition = session.scalars(select(Petition).where(Petition.number == "G-3")).one()
        petition.shut_out = ["MOT"]
        session.commit()
    try:
        assert asked(office, "MOT", "G-1")[1] == []
        assert asked(office, "LANHDAO", "G-1")[1] == ["Sở Hai"]
    finally:
        with office.session() as session:
            session.scalars(select(Petition).where(Petition.number == "G-3")).one().shut_out = None
            session.commit()


def test_who_reads_figures_only_is_told_nothing_and_may_not_ask_by_typing(office):
    assert asked(office, "SOLIEU", "G-1")[:3] == ([], [], [])
    with pytest.raises(Refused):
        typed(office, "SOLIEU", SAID, PERSON)


def test_a_record_that_was_withdrawn_is_no_petition(office):
    with office.session() as session:
        petition = session.scalars(select(Petition).where(Petition.number == "G-2")).one()
        kept = petition.removed_at
        petition.removed_at = petition.registered_at
        session.commit()
    assert asked(office, "MOT", "G-1")[0] == []
    with office.session() as session:
        session.scalars(select(Petition).where(Petition.number == "G-2")).one().removed_at = kept
        session.commit()


def test_every_question_is_in_the_trail_with_figures_and_no_word(office):
    typed(office, "MOT", SAID, PERSON)
    with office.owner() as connection:
        query = "select account, detail from audit_entries where action = 'petition.compared' order by at desc limit 1"
        account, detail = connection.execute(query).fetchone()
    assert (account, detail) == ("MOT", {"here": 2, "elsewhere": 1, "leaders": 0})


def test_the_page_asks_and_tells_and_so_does_the_form(office):
    browser = Browser(office.app)
    browser.sign_in("MOT")
    with office.session() as session:
        key = session.scalars(select(Petition.id).where(Petition.number == "G-1")).one()
    assert f'data-similar="/petitions/{key}/similar"' in browser.get(f"/petitions/{key}").get_data(as_text=True)
    told = pages_of(browser.get(f"/petitions/{key}/similar").get_data(as_text=True))
    assert "Đơn số G-2" in told and "cùng số căn cước" in told and "có thể đang ở Sở Hai" in told
    assert "G-3" not in told
    sent = {
        "kind": "complaint",
        "summary": SAID,
        "petitioners-0-name": "Nguyễn Văn Mẫu",
        "petitioners-0-id_number": "1",
    }
    answer = browser.post("/petitions/similar", sent | {"petitioners-0-id_number": PERSON["id_number"]})
    assert "Đơn số G-1" in pages_of(answer.get_data(as_text=True))
    assert browser.post("/petitions/similar", {"summary": "chẳng giống ai cả"}).get_data(as_text=True).strip() == ""


def test_the_command_prints_score_and_number_and_pairs_as_json(office, monkeypatch, capsys):
    for name, value in office.environ.items():
        monkeypatch.setenv(name, value)
    assert main(["similar", "G-1"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [number for _, number in lines] == ["G-3", "G-2"]
    assert [float(score) for score, _ in lines] == sorted((float(score) for score, _ in lines), reverse=True)
    assert main(["similar", "--all"]) == 0
    pairs = json.loads(capsys.readouterr().out)
    assert {number: [other for _, other in found] for number, found in pairs.items()} == {
        "G-1": ["G-3", "G-2"],
        "G-2": ["G-1", "G-3"],
        "G-3": ["G-1", "G-2"],
        "T-1": ["T-2"],
        "T-2": ["T-1"],
    }
    assert main(["similar", "KHÔNG-CÓ"]) == 1 and capsys.readouterr().err.count("\n") == 1
    assert main(["similar"]) == 1 and "--all" in capsys.readouterr().err


def test_of_planted_copies_nearly_all_are_found_and_hardly_anything_else(office, tmp_path):
    random = Random(7)
    records = again.petitions(random, 400)
    copies, of = again.handed_in_again(random, records, 80)
    with office.session() as session:
        take_in(session, tmp_path, [*again.units(), *records, *copies])
        found = dict(every_pair(session))
        session.rollback()
    planted = {frozenset(pair) for pair in of.items()}
    told = {frozenset((number, other)) for number, others in found.items() for _, other in others if number[0] in "AG"}
    told = {pair for pair in told if not any("-" in number for number in pair)}
    assert len(planted & told) >= 0.95 * len(planted)
    assert len(told - planted) <= 0.05 * len(told)
