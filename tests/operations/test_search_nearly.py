"""Search finds what is nearly there: parts of words, one typing error, numbers as people group them and their ends; and
of who denounced only what was typed whole.
"""

import pytest
from sqlalchemy import select, update

from app.cli import main
from app.extensions import db
from app.models import Account, PetitionText
from app.operations.indexing import index_anew
from app.operations.refusal import Refused
from app.operations.search import search
from app.security.account_scope import permissions_and_scope
from app.security.scope import enter
from app.text.widened import SYLLABLES, is_error_of, is_part_of, meant_by, parts_of
from tests.conftest import Browser, create_account, pages_of, petition_record, take_in

PERSON = {"name": "Nguyễn Hoàng Yến", "address": "Thôn Đoài", "id_number": "001 190 012 345", "phone": "0912.345.678"}
DENOUNCER = {"name": "Trịnh Quỳnh Khuê", "id_number": "001190998877", "phone": "0987654321"}


@pytest.mark.parametrize(
    ("word", "other", "error"),
    [
        ("thuh", "thu", True),
        ("hoig", "hoi", True),
        ("nguein", "nguien", True),
        ("dat", "dan", False),  # both are words
        ("qui", "quit", False),
        ("thuong", "thuon", True),
        ("ab", "a", False),
        ("2026", "2025", False),
        ("hoang", "hanh", False),
    ],
)
def test_one_error_and_no_more_and_no_word_for_another(word, other, error):
    assert is_error_of(word, other) is is_error_of(other, word) is error


def test_a_word_is_widened_to_syllables_and_the_index_holds_parts_only_of_what_is_none():
    assert len(SYLLABLES) < 3000 and {"nguien", "thuong", "khuiu", "dat", "giai", "qui"} <= SYLLABLES
    assert {"thu", "thua", "thuc"} <= set(meant_by("thuh"))
    assert is_part_of("hoa", "hoang") and not is_part_of("ho", "hoang")
    assert parts_of("hoang") == () and parts_of("yen") == () and parts_of("a320") == ()
    assert parts_of("sunhome") == ("hom", "nho", "ome", "sun", "unh")


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    records = [
        {"type": "unit", "code": "P", "name": "Đơn vị P", "level": "province"},
        petition_record(
            *("P-2026-00017", "P"),
            received_on="2026-10-02",
            summary="Thu hồi đất làm khu Sunhome",
            petitioners=[PERSON],
        ),
        petition_record("P-2026-00217", "P", summary="Đề nghị cấp giấy phép xây dựng", received_on="2026-02-01"),
        petition_record(
            "P-2026-00300",
            "P",
            kind="denunciation",
            summary="Tố cáo trưởng thôn thu quỹ vaccine",
            petitioners=[DENOUNCER],
        ),
    ]
    with installation.session() as session:
        take_in(session, tmp_path_factory.mktemp("nearly"), records)
        unit = session.scalars(select(PetitionText)).first().unit
        create_account(session, "CANBO", unit, "officer")
        session.commit()
    return installation


def found(office, typed):
    with office.app.app_context():
        session = db.session()
        account = session.scalars(select(Account).where(Account.username == "CANBO")).one()
        enter(session, permissions_and_scope(session, account)[1])
        result = search(session, typed)
        session.commit()
        return [petition.number[-3:] for petition in result.petitions], result.near, result.meant


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("hoàn", ["017"]),  # a part of a word
        ("nguy", ["017", "217"]),  # both senders: the newest first
        ("unhom", ["017"]),  # of a word that is no syllable
        ("sunhme", ["017"]),
        ("sunhomee đất", ["017"]),
        ("thuh hồi", ["017"]),
        ("giấyy phép", ["217"]),
        ("001190012345", ["017"]),
        ("001.190.012.345", ["017"]),
        ("0912345678", ["017"]),
        ("+84 912 345 678", ["017"]),
        ("5678", ["017"]),
        ("012345", ["017"]),
        ("17", ["017"]),
        ("2026-00217", ["217"]),
        ("00300", ["300"]),
        ("vaccin", ["300"]),
        ("trưởngg thôn", ["300"]),
        ("zzz", []),
        ("ho", []),
        ("8877", []),
    ],
)
def test_it_is_found_however_it_is_typed(office, typed, numbers):
    assert found(office, typed)[0] == numbers


def test_whole_words_come_first_and_what_is_meant_is_offered(office):
    assert found(office, "thu hồi đất") == (["017"], 0, "")
    numbers, near, meant = found(office, "thuh hồi")
    assert (numbers, near, meant) == (["017"], 1, "thu hồi")
    assert found(office, "thu")[0] == ["300", "017"], "the newest first, both hold it whole"
    assert found(office, "hoàn")[2] == "", "a part is no error"


@pytest.mark.parametrize("typed", ["Khuê", "Trịnh Quỳnh", "001190998877", "0987 654 321"])
def test_who_denounced_is_found_by_what_is_typed_whole(office, typed):
    assert found(office, typed)[0] == ["300"]


@pytest.mark.parametrize("typed", ["Khu", "Quỳn", "Trịn", "Khuêê", "Trịnhh Quỳnh", "998877", "654321", "4321"])
def test_no_part_error_or_end_finds_who_denounced(office, typed):
    assert "300" not in found(office, typed)[0]


def test_where_a_second_person_reveals_no_guess_about_a_denouncer_is_confirmed(office):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(office.app.config, "REVEAL_APPROVAL", True)
        for typed in ("Khuê", "001190998877", "0987 654 321", "Khuêê"):
            assert found(office, typed)[0] == []
        assert found(office, "vaccin")[0] == ["300"]


def test_the_page_offers_what_is_meant_and_the_command_says_it(office, monkeypatch, capsys):
    browser = Browser(office.app)
    browser.sign_in("CANBO")
    answer = browser.post("/petitions/search", {"text": "thuh hồi"}, follow_redirects=True)
    page = pages_of(answer.get_data(as_text=True))
    assert "Có phải “thu hồi”?" in page and "P-2026-00017" in page and "khớp gần đúng" in page
    for name, value in office.environ.items():
        monkeypatch.setenv(name, value)
    assert main(["search", "thuh", "hồi", "--as", "CANBO"]) == 0
    told = capsys.readouterr()
    assert told.out.split() == ["P-2026-00017"] and "có phải “thu hồi”?" in told.err


def test_what_an_earlier_version_indexed_is_indexed_anew(office):
    with office.session() as session:
        texts = session.scalars(select(PetitionText)).all()
        before = {text.id: sorted(text.tokens) for text in texts}
        session.execute(update(PetitionText).values(indexed=0, tokens=[]))
        session.commit()
    assert found(office, "thu hồi")[0] == []
    with office.session() as session:
        assert list(index_anew(session)) == [3] and list(index_anew(session)) == []
        again = {text.id: sorted(text.tokens) for text in session.scalars(select(PetitionText))}
    assert again == before and found(office, "hoàn")[0] == ["017"]
    with office.app.app_context(), pytest.raises(Refused):
        next(index_anew(db.session()))
