"""The slip a citizen takes home: its code is the same whenever it is shown, sealed, and found again by its hash."""

import re

import pytest
from sqlalchemy import select, text

from app.cli import main
from app.models import Petition, PetitionText
from app.operations.petitions.receipts import receipt_of
from app.security.receipt_codes import read_code
from app.security.tokens import receipt_key
from tests.conftest import Browser, pages_of
from tests.support.world import build


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


def key_of(world, number):
    with world.session() as session:
        return session.scalars(select(Petition.id).where(Petition.number == number)).one()


def signed_in(world, name):
    browser = Browser(world.app)
    browser.sign_in(name)
    return browser


def code_on(browser, key):
    page = pages_of(browser.get(f"/petitions/{key}/slip").get_data(as_text=True))
    return re.search(r"Mã tra cứu ([0-9A-Z-]{21})", page).group(1)


def test_the_slip_shows_the_same_code_to_all_who_may_see_it_with_a_picture(world):
    key = key_of(world, "A-complaint-cho-thường")
    officer = signed_in(world, "OFFICER")
    code = code_on(officer, key)
    assert read_code(code) == code == code_on(signed_in(world, "LEADER"), key)
    page = officer.get(f"/petitions/{key}/slip").get_data(as_text=True)
    assert 'src="data:image/svg+xml' in page and "trả lời bước đầu chậm nhất ngày" in page
    with world.session() as session:
        found = session.scalars(select(PetitionText).where(PetitionText.receipt_key == receipt_key(code))).one()
        assert found.petition_id == key
    with world.owner() as connection:
        sealed = connection.execute("select receipt from petition_texts where receipt is not null").fetchall()
        assert all(code.encode() not in bytes(value) for (value,) in sealed)


def test_two_petitions_never_share_a_code_and_a_change_of_content_keeps_it(world):
    with world.session() as session:
        petitions = session.scalars(select(Petition).where(Petition.number.like("A-%"))).all()
        codes = {petition.id: receipt_of(session, petition) for petition in petitions}
        assert len(set(codes.values())) == len(codes) > 3
        assert {petition.id: receipt_of(session, petition) for petition in petitions} == codes
        session.rollback()


def test_the_slip_of_a_denunciation_says_neither_who_nor_what(world):
    key = key_of(world, "A-denunciation-cho-thường")
    page = signed_in(world, "LEADER").get(f"/petitions/{key}/slip").get_data(as_text=True)
    slip = pages_of(page[page.index('class="printed receipt"') : page.index("</main>")]).replace("A-denunciation", "")
    assert "Mã tra cứu" in slip and "01 đơn" in slip
    assert "ố cáo" not in slip and "Chờ" not in slip and "Họ" not in slip and "Bị" not in slip


def test_the_command_prints_the_code_the_slip_shows(world, monkeypatch, capsys):
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    key = key_of(world, "A-complaint-cho-thường")
    with world.owner() as connection:
        number = connection.execute("select number from petitions where id = %s", (key,)).fetchone()[0]
    assert main(["receipt", number]) == 0
    printed = capsys.readouterr().out.strip()
    assert printed == code_on(signed_in(world, "OFFICER"), key)
    assert main(["receipt", "KHONG-CO"]) != 0
    assert "không có đơn số" in capsys.readouterr().err


def test_who_may_not_read_the_petition_gets_no_slip(world):
    key = key_of(world, "A-complaint-cho-thường")
    for name in ("CHI", "ADMIN", "AUDITOR"):
        assert signed_in(world, name).get(f"/petitions/{key}/slip").status_code in (302, 403, 404)
    with world.session() as session:
        assert session.scalar(text("select count(*) from petition_texts where receipt is not null")) >= 1
