"""Two petitions about one matter, marked before there is a case: the matter counts once, and the mark can be undone."""

from datetime import date

import pytest
from sqlalchemy import select

from app.law.holidays import SEED
from app.models import Petition, Unit
from app.operations.act import Act
from app.operations.corrections import correct, undo
from app.operations.petitions import duplicates, petitions
from app.operations.refusal import Refused
from app.reporting.filling import fill
from tests.conftest import Browser, create_account, pages_of, petition_record, take_in

TODAY = date(2026, 11, 20)
DONE = {"on": "2026-10-08", "eligible": True, "competent": True, "direction": "accept"}


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    records = [
        {"type": "unit", "code": "P", "name": "Thanh tra P", "level": "province"},
        {"type": "unit", "code": "Q", "name": "Sở Q", "level": "department", "parent": "P"},
        petition_record("1", "P", processed=DONE),
        petition_record("2", "P", processed=DONE),
        petition_record("3", "P", processed=DONE),
        petition_record("TC", "P", kind="denunciation", processed=DONE),
        petition_record("Q1", "Q", processed=DONE),
    ]
    with installation.session() as session:
        take_in(session, tmp_path_factory.mktemp("office"), records)
        unit = session.scalars(select(Unit).where(Unit.code == "P")).one()
        create_account(session, "CANBO", unit, "officer")
        session.commit()
    return installation


@pytest.fixture
def session(office):
    with office.session() as opened:
        yield opened
        opened.rollback()


def act(note="cùng nội dung"):
    return Act(on=TODAY, by="CANBO", today=TODAY, calendar=SEED, note=note)


def one(session, number):
    return session.scalars(select(Petition).where(Petition.number == number)).one()


def counted(session):
    """Of unit P in 2026: petitions within competence and matters (02/XLD, columns 4 and 5); complaints likewise."""
    unit = session.scalars(select(Unit).where(Unit.code == "P")).one()
    period = (date(2026, 1, 1), date(2026, 12, 31))
    processing = fill(session, "02/XLD", unit, *period).rows["P"]
    settling = fill(session, "03/GQKN", unit, *period).rows["P"]
    return [processing["4"], processing["5"], settling["1"], settling["2"]]


def test_what_is_marked_is_one_matter_in_every_form_until_the_mark_is_taken_back(session):
    assert counted(session) == [4, 4, 3, 3]
    duplicates.mark(session, one(session, "2"), act(), "1")
    duplicates.mark(session, one(session, "3"), act(), " 2 ")
    assert one(session, "3").same_as.number == "1", "of a petition that repeats another, the other"
    assert counted(session) == [4, 2, 3, 1]
    petitions.attach(session, one(session, "1"), act(), None)
    assert counted(session) == [4, 2, 3, 1], "its case counts for them"
    undo.undo(session, one(session, "3"), act("không phải đơn trùng"))
    assert one(session, "3").same_as is None and counted(session) == [4, 3, 3, 2]


@pytest.mark.parametrize(
    ("number", "other", "sentence"),
    [
        ("2", "2", "không trùng với chính nó"),
        ("2", "không có", "không có đơn số"),
        ("2", "Q1", "không có đơn số"),
        ("2", "TC", "khác loại"),
    ],
)
def test_what_is_no_duplicate_says_why_and_nothing_is_stored(session, number, other, sentence):
    with pytest.raises(Refused, match=sentence):
        duplicates.mark(session, one(session, number), act(), other)
    assert one(session, number).same_as is None


def test_what_others_repeat_repeats_nothing_itself_and_keeps_its_kind(session):
    duplicates.mark(session, one(session, "2"), act(), "1")
    with pytest.raises(Refused, match="đã có đơn được đánh dấu trùng"):
        duplicates.mark(session, one(session, "1"), act(), "3")
    with pytest.raises(Refused, match="đã được đánh dấu trùng"):
        duplicates.mark(session, one(session, "2"), act(), "3")
    for number in ("1", "2"):
        with pytest.raises(Refused, match="đánh dấu trùng với đơn khác"):
            correct.correct_petition(session, one(session, number), act(), {"instance": 2})


def test_the_like_beside_a_petition_is_marked_in_two_clicks(office):
    browser = Browser(office.app)
    browser.sign_in("CANBO")
    with office.session() as session:
        key = one(session, "2").id
        other = one(session, "1").id
    beside = browser.get(f"/petitions/{key}/similar").get_data(as_text=True)
    assert f"/petitions/{key}/duplicate?number=1" in beside
    assert 'value="1"' in browser.get(f"/petitions/{key}/duplicate?number=1").get_data(as_text=True)
    answer = browser.post(f"/petitions/{key}/duplicate", {"number": "1", "on": "20/11/2026"}, follow_redirects=True)
    assert "Trùng với đơn 1" in pages_of(answer.get_data(as_text=True))
    assert "Đơn trùng 2" in pages_of(browser.get(f"/petitions/{other}").get_data(as_text=True))
