"""Handing over, resetting, locking, closing, and the records of it."""

import io
import zipfile

import docx
import pytest
from sqlalchemy import select

from app.law.minutes import FACTS, TITLES, body
from app.models import Minutes
from app.operations.accounts import acts as account_acts
from app.operations.accounts.accounts import NewAccount, add_account
from app.operations.accounts.minutes import default_template, make_minutes, replace_template
from app.operations.refusal import Refused
from tests.conftest import Browser
from tests.support.people import find, key_of, sign_in


@pytest.mark.parametrize("act", ["hand_over", "reset", "suspend", "close", "factors"])
def test_every_open_session_ends_within_one_request(world, act):
    installation, _ = world
    first = sign_in(installation, "OFFICER")
    other = sign_in(installation, "OFFICER")
    assert first.get("/inbox/").status_code == other.get("/inbox/").status_code == 200
    page = sign_in(installation, "ADMIN").post(
        f"/accounts/{key_of(installation, 'OFFICER')}/act/{act}",
        {"holder": "Người Nhận", "paper": "5/BB", "note": "lý do"},
    )
    assert page.status_code == 200 and "Biên bản số" in page.get_data(as_text=True)
    for browser in (first, other):
        for address in ("/inbox/", "/petitions/", "/account/password"):
            assert "/login/" in browser.get(address).headers["Location"]


def test_handing_over_leaves_the_old_holder_nothing_and_tells_the_leader_the_open_work(world):
    installation, keys = world
    with installation.session() as session:
        account = find(session, "CHUYENTRACH")
        password, minutes = account_acts.hand_over(session, account, "Người Nhận Mẫu", "7/QĐ", "chuyển công tác")
        assert account.holder == "Người Nhận Mẫu" and account.confirmed_at is None and account.must_change_password
        assert minutes.facts["old_holder"] == "Người giữ CHUYENTRACH"
        session.commit()
    assert Browser(installation.app).sign_in("CHUYENTRACH").status_code == 200  # the old password is nothing now
    key = key_of(installation, "CHUYENTRACH")
    page = sign_in(installation, "LEADER").get(f"/holders/{key}/work").get_data(as_text=True)
    assert "A-denunciation-kín" in page
    assert sign_in(installation, "ADMIN").get(f"/holders/{key}/work").status_code == 403
    assert sign_in(installation, "CHI").get(f"/holders/{key}/work").status_code == 404
    new = Browser(installation.app)
    new.sign_in("CHUYENTRACH", password)
    assert new.get("/inbox/").headers["Location"].endswith("/account/password")


@pytest.mark.parametrize(
    ("act", "values", "sentence"),
    [
        ("hand_over", {"holder": "", "paper": "1/QĐ"}, "nhập họ tên người nhận"),
        ("hand_over", {"holder": "Người Nhận", "paper": ""}, "bàn giao phải có văn bản"),
        ("close", {"paper": ""}, "đóng tài khoản phải có văn bản"),
        ("revoke", {}, "chưa gắn thiết bị"),
    ],
)
def test_a_refused_act_says_why_and_changes_nothing(world, act, values, sentence):
    installation, _ = world
    page = (
        sign_in(installation, "ADMIN")
        .post(f"/accounts/{key_of(installation, 'OFFICER')}/act/{act}", values | {"note": "lý do đã gõ"})
        .get_data(as_text=True)
    )
    assert sentence in page.lower() or sentence in page
    assert "lý do đã gõ" in page
    assert Browser(installation.app).sign_in("OFFICER").status_code == 302


def test_a_closed_account_stays_closed_and_its_name_is_never_given_again(world):
    installation, _ = world
    with installation.session() as session:
        account = find(session, "CHI")
        account_acts.close(session, account, "9/QĐ", "nghỉ hưu")
        for act in (account_acts.restore, account_acts.suspend, account_acts.reset_password):
            with pytest.raises(Refused, match="đã đóng"):
                act(session, account, "1/QĐ", "")
        with pytest.raises(Refused, match="kể cả khi đã đóng"):
            add_account(session, NewAccount("CHI", "user", account.unit))
        session.rollback()


def test_another_holder_is_a_hand_over_and_nothing_else(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    admin.post(f"/accounts/edit/{key_of(installation, 'OFFICER')}", {"holder": "Người Khác", "roles": ["officer"]})
    with installation.session() as session:
        assert find(session, "OFFICER").holder == "Người giữ OFFICER"


# Records.


def text_of(data):
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(paragraph.text for paragraph in document.paragraphs)])


@pytest.mark.parametrize("kind", TITLES)
def test_every_record_is_a_word_file_with_all_its_places_filled(world, kind):
    installation, _ = world
    with installation.session() as session:
        more = {
            "serial": "1a2b",
            "old_serial": "0f",
            "issuer": "CA thử nghiệm",
            "valid_to": "01/01/2028",
            "old_holder": "Người Giao",
        }
        made = make_minutes(session, kind, find(session, "OFFICER"), "3/QĐ", "lý do <b>&", **more)
        text = text_of(made.document)
        session.rollback()
    assert (
        TITLES[kind] in text
        and "OFFICER" in text
        and "3/QĐ" in text
        and "lý do <b>&" in text
        and "{{" not in text
        and "01/BB-A" in text
    )


def test_records_are_numbered_per_unit_and_year_and_can_be_downloaded(world):
    installation, _ = world
    admin = sign_in(installation, "ADMIN")
    key = key_of(installation, "OFFICER")
    for act in ("suspend", "restore"):
        admin.post(f"/accounts/{key}/act/{act}", {"note": "thử"})
    with installation.session() as session:
        numbers = session.scalars(select(Minutes.number).order_by(Minutes.made_at)).all()
        found = str(session.scalars(select(Minutes.id).order_by(Minutes.made_at)).first())
    assert [number.split("/BB-A/")[0] for number in numbers] == ["01", "02"]
    answer = admin.get(f"/minutes/{found}.docx")
    assert answer.status_code == 200 and "BIÊN BẢN KHÓA TÀI KHOẢN" in text_of(answer.get_data())


def with_text(kind, text, **files):
    document = docx.Document(io.BytesIO(default_template(kind)))
    document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    if files:
        with zipfile.ZipFile(stream, "a") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    return stream.getvalue()


def test_an_administrator_puts_another_template_in_place(world):
    installation, _ = world
    with installation.session() as session:
        replace_template(session, "grant", with_text("grant", "Nơi nhận: {{ unit }}"))
        made = make_minutes(session, "grant", find(session, "OFFICER"), "3/QĐ")
        assert "Nơi nhận: Đơn vị A" in text_of(made.document)
        session.rollback()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"not a zip", "không phải mẫu Word"),
        (b"", "không phải mẫu Word"),
        (with_text("grant", "{{ khong_co }}"), "không điền được"),
        (with_text("grant", "{{ unit"), "không điền được"),
        (with_text("grant", "{{ ''.__class__.__mro__[1].__subclasses__() }}"), "không có lệnh"),
        (
            with_text("grant", "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}"),
            "không có lệnh",
        ),
        (with_text("grant", "{% if account == 'x' %}{% else %}{{ 1/0 }}{% endif %}"), "không có lệnh"),
        (with_text("grant", "{% set a = 'x' * 300000000 %}"), "không có lệnh"),
        (with_text("grant", "{{ unit|upper }}"), "không có lệnh"),
        (with_text("grant", "x", **{"word/vbaProject.bin": "x"}), "macro"),
    ],
    ids=[
        "text",
        "empty",
        "unknown place",
        "broken",
        "escape",
        "escape by a loop",
        "fails later",
        "eats memory",
        "filter",
        "macro",
    ],
)
def test_a_template_that_names_anything_else_is_refused(world, data, sentence):
    installation, _ = world
    with installation.session() as session, pytest.raises(Refused, match=sentence):
        replace_template(session, "grant", data)


def test_the_places_of_a_template_are_told():
    assert {line.fact for kind in TITLES for line in body(kind)} <= set(FACTS)
