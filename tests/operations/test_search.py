"""Search: words and phrases, spelling first, what stops a phrase, and that nothing closed shows in a list, a count or
an audit entry.
"""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Petition
from app.operations import search as module
from app.operations.exchange.file_in import import_file
from app.operations.search import search
from app.reporting.lists import Filters, petitions
from app.reporting.paging import Spot
from app.security.account_scope import permissions_and_scope
from app.security.scope import enter
from app.text.query import holds, parse
from tests.conftest import create_account, create_unit, petition_record


@pytest.mark.parametrize(
    ("typed", "words", "phrases"),
    [
        ("thu hồi đất", ("thu", "hồi", "đất"), ()),
        ("đất Đất đất", ("đất",), ()),
        ('"thu hồi" đất', ("thu", "hồi", "đất"), (("thu", "hồi"),)),
        ("“thu hồi đất” xã", ("thu", "hồi", "đất", "xã"), (("thu", "hồi", "đất"),)),
        ('đất "thu hồi', ("đất", "thu", "hồi"), (("thu", "hồi"),)),
        ('"đất"', ("đất",), ()),
        ('"" , .', (), ()),
    ],
)
def test_what_was_typed_is_read_as_words_and_phrases(typed, words, phrases):
    query = parse(typed)
    assert (query.words, query.phrases) == (words, phrases)


@pytest.mark.parametrize(
    ("typed", "parts", "rank"),
    [
        ("thu hoi dat", ["Thu hồi đất ở"], 0),
        ("dat thu", ["thu hồi", "đất"], 0),
        ("dat nha", ["thu hồi đất"], None),
        ('"thu hồi đất"', ["Quyết định thu hồi đất số 5"], 1),
        ('"thu hoi dat"', ["Quyết định thu hồi đất số 5"], 0),
        ('"thu hồi đất"', ["thu hồi", "đất"], None),
        ('"hồi thu"', ["thu hồi"], None),
        ('"hoà giải"', ["đã hòa giải"], 1),
    ],
)
def test_a_phrase_stands_together_in_one_text_and_words_anywhere(typed, parts, rank):
    assert holds(parse(typed), parts) == rank


@pytest.fixture(scope="module")
def registered(installation, tmp_path_factory):
    texts = [
        ("1", "thu hồi đất nông nghiệp", "2026-01-01", {}),
        ("2", "thư hỏi đạt", "2026-03-01", {}),
        ("3", "thu hồi đạt", "2026-02-01", {}),
        ("4", "đất bị thu hồi", "2026-04-01", {}),
        ("5", "thu hồi đất kín", "2026-05-01", {"kind": "denunciation", "handlers": ["KHAC"]}),
        ("6", "thu hồi đất đã xử lý", "2025-12-01", {"field": "policy"}),
    ]
    lines = [{"type": "unit", "code": "P", "name": "Đơn vị P", "level": "province"}]
    for number, summary, day, more in texts:
        lines.append(petition_record(f"TÌM-{number}", "P", summary=summary, received_on=day, **more))
    path = tmp_path_factory.mktemp("search") / "file.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    with installation.session() as session:
        import_file(session, path)
        other = create_unit(session, "Q")
        unit = session.scalars(select(type(other)).where(type(other).code == "P")).one()
        create_account(session, "CANBO", unit, "officer")
        create_account(session, "KHAC", unit, "officer")
        session.commit()
    return installation


def found(installation, typed, most=module.MOST, identifier="CANBO"):
    with installation.app.app_context():
        session = db.session()
        account = session.scalars(select(Account).where(Account.username == identifier)).one()
        enter(session, permissions_and_scope(session, account)[1])
        result = search(session, typed, most)
        session.commit()
        return [petition.number.removeprefix("TÌM-") for petition in result.petitions], result.stopped


@pytest.mark.parametrize(("window", "further"), [(1000, 1), (1, 1), (1, 4), (1, 16)])
def test_rows_spelt_as_typed_come_first_then_the_newest(registered, monkeypatch, window, further):
    monkeypatch.setattr(module, "LOOKED_AT", window)  # with 1 the index answers, with 1000 the newest rows do
    monkeypatch.setattr(module, "FURTHER", further)  # and with more the newest rows do, where they promise to
    monkeypatch.setattr(module, "SPARE", 0)
    for typed, order in (
        ("thu hồi đất", "41623"),
        ("thu hoi dat", "42316"),
        ("đạt thư", "24316"),
        ("thu hoi đạt", "42316"),
    ):
        for most in range(
            1, 6
        ):  # a page goes on where the one before it ended, however many rows were looked at for it
            assert "".join(found(registered, typed, most)[0]) == order[:most]


def test_a_phrase_is_checked_after_opening(registered):
    assert found(registered, '"thu hồi đất"')[0] == ["1", "6", "2", "3"]  # as spelt first
    assert found(registered, '"đất nông nghiệp" thu')[0] == ["1"]
    assert found(registered, '"đất thu hồi"')[0] == []


def test_a_phrase_search_says_when_it_stopped(registered, monkeypatch):
    monkeypatch.setattr(module, "CHECKED", 2)
    numbers, stopped = found(registered, '"thu hồi đất"')
    assert numbers == ["2"] and stopped  # the two newest with these words are 4 and 2
    assert not found(registered, '"đất nông nghiệp"')[1]


def test_a_phrase_is_found_the_same_however_many_are_opened_first(registered, monkeypatch):
    for first in range(1, 7):
        monkeypatch.setattr(module, "FIRST", (first,))
        for most in range(1, 5):
            assert found(registered, '"thu hồi đất"', most)[0] == ["1", "6", "2", "3"][:most]


def counted(installation, typed, size):
    with installation.app.app_context():
        session = db.session()
        account = session.scalars(select(Account).where(Account.username == "CANBO")).one()
        enter(session, permissions_and_scope(session, account)[1])
        page = petitions(session, Filters(text=typed), None, size, 1000)
        return page.count, page.capped


def test_what_is_not_counted_to_the_end_says_that_there_may_be_more(registered, monkeypatch):
    assert counted(registered, "thu hoi dat", 1) == (5, False)  # all rows were looked at
    monkeypatch.setattr(module, "SPARE", 0)
    monkeypatch.setattr(module, "LOOKED_AT", 3)
    monkeypatch.setattr(module, "FURTHER", 1)
    assert counted(registered, "thu hoi dat", 4) == (5, False)  # the index found them all
    # The three newest rows hold the words, and there are more rows: "3+".
    assert counted(registered, "thu hoi", 1) == (4, True)


def test_what_was_withdrawn_from_the_register_is_not_counted(registered, monkeypatch):
    monkeypatch.setattr(module, "FURTHER", 1)
    with registered.session() as session:
        petition = session.scalars(select(Petition).where(Petition.number == "TÌM-4")).one()
        petition.removed_at = datetime.now(UTC)
        session.commit()
        try:
            for window in (1000, 1):
                monkeypatch.setattr(module, "LOOKED_AT", window)
                assert counted(registered, "thu hoi dat", 1) == (4, False)
        finally:
            petition.removed_at = None
            session.commit()


def test_a_closed_denunciation_changes_no_list_and_no_count(registered):
    assert found(registered, "kín")[0] == [] and found(registered, "kín", identifier="KHAC")[0] == ["5"]
    with registered.app.app_context():
        session = db.session()
        account = session.scalars(select(Account).where(Account.username == "CANBO")).one()
        enter(session, permissions_and_scope(session, account)[1])
        page = petitions(session, Filters(text="thu hồi đất"), None, 2, 1000)
        assert ([row.number for row in page.rows], page.count, page.next) == (["TÌM-4", "TÌM-1"], 5, "2")
        page = petitions(session, Filters(text="thu hồi đất"), Spot(after="2"), 2, 1000)
        assert [row.number for row in page.rows] == ["TÌM-6", "TÌM-2"]
        assert petitions(session, Filters(text="thu hồi đất", field="policy"), None, 25, 1000).count == 1
        assert petitions(session, Filters(text="kín"), None, 25, 1000).count == 0
        for wrong in ("-1", "100", "x", "2026-01-01_x"):
            with pytest.raises(ValueError):
                petitions(session, Filters(text="thu hồi đất"), Spot(after=wrong), 25, 1000)


def test_the_trail_tells_searched_words_as_tokens_only(registered):
    found(registered, "nông nghiệp")
    found(registered, "nghiep nong")
    with registered.owner() as connection:
        rows = connection.execute(
            "select detail from audit_entries where action = 'petition.searched' order by at desc limit 2"
        ).fetchall()
    (last,), (before,) = rows
    assert set(last["tokens"]) == set(before["tokens"]) and len(last["tokens"]) == 2 and last["found"] == 1
    assert "nong" not in json.dumps(last) and "nông" not in json.dumps(last)


def test_where_revealing_needs_a_second_person_a_guessed_name_is_not_confirmed_by_searching(registered, monkeypatch):
    assert found(registered, "kín mẫu", identifier="KHAC")[0] == ["5"]
    monkeypatch.setitem(registered.app.config, "REVEAL_APPROVAL", True)
    assert found(registered, "kín mẫu", identifier="KHAC")[0] == []
    assert found(registered, "kín", identifier="KHAC")[0] == ["5"]
