"""Documents where something is missing: no scanner, no room, no confinement, too many at once.

Nothing vanishes, nothing leaves.
"""

import errno
import io
import os
from types import SimpleNamespace

import landlockpy
import pikepdf
import pytest
from sqlalchemy import select

from app.law.holidays import SEED
from app.models import Account, Case, Document
from app.operations.act import Act
from app.operations.documents.derivatives import derive, hand_over
from app.operations.documents.state import for_administrators, problems, start_lines
from app.operations.documents.work import work_once
from app.operations.refusal import Refused
from app.security import sealed_files
from app.views.documents.documents import runs
from config import load
from tests.conftest import DATA, pages_of
from tests.operations.test_documents import denounced, own, scanner, signed_in, upload, work, world  # noqa: F401
from tests.support import hostile
from tests.support.scanner import EICAR

MARK = "chưa quét mã độc"


@pytest.fixture
def without(world, monkeypatch):  # noqa: F811
    """No scanner, and documents may be used meanwhile; gives what brings the scanner back."""
    config = world[0].app.config
    socket = config["CLAMD_SOCKET"]
    monkeypatch.setitem(config, "CLAMD_SOCKET", None)
    monkeypatch.setitem(config, "SCANNER_REQUIRED", False)
    return lambda: monkeypatch.setitem(config, "CLAMD_SOCKET", socket)


def row_of(session, address):
    return session.get(Document, address.split("/")[2])


def test_an_unscanned_document_is_used_marked_and_does_not_leave(world, without):  # noqa: F811
    browser = signed_in(world, "OFFICER")
    data = hostile.pdf()
    page, address = upload(browser, own(world), "don.pdf", data)
    assert MARK in page and "CLAMD" not in page
    work(world)
    page = browser.get(address).get_data(as_text=True)
    assert "Chưa quét mã độc" in page and f"{address}/download" not in page and "CLAMD" not in page
    assert browser.get(f"{address}/page/1.png").status_code == 200
    for way in ("download", "original"):
        answer = browser.get(f"{address}/{way}", follow_redirects=True)
        assert not answer.data.startswith(b"%PDF") and "chưa tải về" in answer.get_data(as_text=True)
    without()
    work(world)
    page = browser.get(address).get_data(as_text=True)
    assert "Chưa quét mã độc" not in page
    assert browser.get(f"{address}/download").data.startswith(b"%PDF")
    assert browser.get(f"{address}/original").data == data


def test_what_is_made_from_an_unscanned_document_is_not_handed_to_verification(world, without):  # noqa: F811
    installation = world[0]
    petition, case = denounced(world)
    _, address = upload(signed_in(world, "CHUYENTRACH"), petition, "don.pdf", hostile.pdf())
    work(world)
    with installation.session("made") as session:
        made = derive(session, row_of(session, address), {0: [(0.1, 0.1, 0.2, 0.2)]}, False, "X")
        session.commit()
        key = made.id
    work(world)
    with installation.session("handed") as session:
        row = session.get(Document, key)
        row.checked_by = "X"
        found = session.get(Case, case.split("/")[2])
        account = session.scalars(select(Account).where(Account.username == "OFFICER")).one()
        with pytest.raises(Refused, match=MARK):
            day = found.accepted_on
            hand_over(session, found, Act(on=day, by="X", today=day, calendar=SEED), [row], [account])
        session.rollback()
    without()
    work(world)
    with installation.session("clean") as session:
        assert session.get(Document, key).unscanned is False


def test_a_scanner_that_comes_looks_at_the_unscanned_first_and_finds_what_is_in_them(world, without):  # noqa: F811
    browser = signed_in(world, "OFFICER")
    document = pikepdf.open(io.BytesIO(hostile.pdf()))
    document.attachments["e.com"] = EICAR
    _, bad = upload(browser, own(world), "xau.pdf", hostile.saved(document))
    work(world)
    without()
    _, later = upload(browser, own(world), "sau.pdf", hostile.pdf())
    with world[0].session("work") as session:
        assert work_once(session)
        assert row_of(session, bad).state == "refused" and row_of(session, later).state == "waiting"
    assert "mã độc" in browser.get(bad).get_data(as_text=True)
    assert browser.get(f"{bad}/page/1.png").status_code == 404


def test_operator_and_administrators_are_told_what_is_missing_and_what_waits(world, without, monkeypatch):  # noqa: F811
    installation = world[0]
    browser = signed_in(world, "OFFICER")
    upload(browser, own(world), "don.pdf", hostile.pdf())
    config = installation.app.config
    with installation.session("told") as session:
        lines = start_lines(session, config)
        assert any("CLAMD_SOCKET" in line and MARK in line for line in lines)
        assert any("đang dùng mà chưa quét" in line for line in lines)
        assert any(MARK in line or "chưa quét" in line for line in problems(session, config))
        assert list(problems(session, config | {"DEMONSTRATION": True})) == []
        monkeypatch.setitem(config, "SCANNER_REQUIRED", True)
        upload(browser, own(world), "giu.pdf", hostile.pdf())
        assert any("đang bị giữ" in line for line in for_administrators(session))
    page = pages_of(signed_in(world, "ADMIN").get("/accounts/list/").get_data(as_text=True))
    assert "tài liệu đang bị giữ" in page and "đang dùng mà chưa quét" in page
    without()
    work(world)


def test_only_the_demonstration_uses_documents_unscanned_by_itself(tmp_path):
    environ = {"INSTANCE_DIR": str(tmp_path)}
    assert load(environ)["SCANNER_REQUIRED"] is True
    (tmp_path / "demo-accounts.json").write_text("[]")
    assert load(environ)["SCANNER_REQUIRED"] is False
    assert load(environ | {"SCANNER_REQUIRED": "1"})["SCANNER_REQUIRED"] is True


def test_as_many_files_as_are_dropped_are_taken_and_the_refused_named(world):  # noqa: F811
    browser = signed_in(world, "OFFICER")
    files = [(io.BytesIO(b"MZ" if place in (3, 4, 5, 24) else hostile.pdf()), f"{place}.pdf") for place in range(1, 26)]
    address = f"/documents/of/petition/{world[1]['own']}"
    page = pages_of(browser.post(address, {"file": files}, follow_redirects=True).get_data(as_text=True))
    assert "Đã nhận 21 tệp" in page and "Tệp thứ 3–5, 24" in page
    assert runs([1]) == "1" and runs([1, 2, 4]) == "1–2, 4"


def test_too_much_at_once_is_told_with_what_to_do(world, monkeypatch):  # noqa: F811
    browser = signed_in(world, "OFFICER")
    monkeypatch.setitem(world[0].app.config, "MAX_CONTENT_LENGTH", 100_000)
    files = [(io.BytesIO(os.urandom(60_000)), f"{place}.pdf") for place in range(2)]
    answer = browser.post(f"/documents/of/petition/{world[1]['own']}", {"file": files})
    assert answer.status_code == 413 and "Gửi ít tệp hơn mỗi lần" in answer.get_data(as_text=True)


def test_a_full_disk_is_told_before_and_while_writing_and_leaves_nothing(world, monkeypatch):  # noqa: F811
    folder = world[0].app.config["FILES_DIR"]
    before = sorted(path.name for path in sealed_files.Path(folder).glob("??/*"))
    browser = signed_in(world, "OFFICER")

    def full(*_):
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patched:
        patched.setattr(sealed_files.shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
        page, _ = upload(browser, own(world), "x.pdf", hostile.pdf("full"))
        assert "ổ đĩa của máy chủ sắp đầy" in page
    with monkeypatch.context() as patched:
        patched.setattr(sealed_files.os, "fsync", full)
        page, _ = upload(browser, own(world), "x.pdf", hostile.pdf("full"))
        assert "ổ đĩa của máy chủ sắp đầy" in page
    assert sorted(path.name for path in sealed_files.Path(folder).glob("??/*")) == before
    _, address = upload(browser, own(world), "x.pdf", hostile.pdf("full"))
    with monkeypatch.context() as patched:
        patched.setattr(sealed_files.os, "fsync", full)
        work(world)
        assert "sắp đầy" in browser.get(address).get_data(as_text=True)
    with world[0].owner() as connection:
        connection.execute("update documents set next_at = now()")
    work(world)
    assert browser.get(f"{address}/page/1.png").status_code == 200


def test_what_a_kill_left_half_written_is_listed(tmp_path):
    part = tmp_path / "ab" / "0.original.00.part"
    part.parent.mkdir()
    part.write_bytes(b"x")
    os.utime(part, (1000, 1000))
    assert sealed_files.unfinished(str(tmp_path), 2000) == [part] and sealed_files.unfinished(str(tmp_path), 500) == []


def test_where_nothing_can_be_confined_documents_wait_and_say_so(world, monkeypatch):  # noqa: F811
    browser = signed_in(world, "OFFICER")
    with monkeypatch.context() as patched:
        patched.setattr(landlockpy, "supported", lambda: False)
        page, address = upload(browser, own(world), "don.pdf", hostile.pdf())
        assert "cách ly" in page
        work(world)
        assert "cách ly" in browser.get(address).get_data(as_text=True)
        with world[0].session("told") as session:
            assert any("Landlock" in line for line in problems(session, world[0].app.config))
    with world[0].owner() as connection:
        connection.execute("update documents set next_at = now()")
    work(world)
    assert browser.get(f"{address}/page/1.png").status_code == 200
    with monkeypatch.context() as patched:
        patched.setattr(landlockpy, "supported", lambda: False)
        answer = browser.get(f"{address}/page/1.png")
        assert answer.status_code == 503 and "cách ly" in answer.get_data(as_text=True)


def test_a_signed_document_says_so_and_its_original_is_fetched_bit_for_bit(world):  # noqa: F811
    browser = signed_in(world, "OFFICER")
    data = (DATA / "inputs" / "P06-signature-appearance.pdf").read_bytes()
    _, address = upload(browser, own(world), "ky.pdf", data)
    work(world)
    page = browser.get(address).get_data(as_text=True)
    assert "Tệp gốc có chữ ký số" in page and "có chữ ký số" in browser.get(own(world)).get_data(as_text=True)
    assert browser.get(f"{address}/original").data == data


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("P05-filled-form.pdf", "NGUYEN VAN MAU"),
        ("P19-tcvn3-text-layer.pdf", "trong sau rieng"),
        ("P21-camscanner.pdf", "0912.345.678"),
        ("P21-camscanner.pdf", "CamScanner"),
        ("P21b-no-watermark.pdf", "0912.345.678"),
    ],
)
def test_what_a_page_shows_is_found(world, name, words):  # noqa: F811
    browser = signed_in(world, "OFFICER")
    _, address = upload(browser, own(world), name, (DATA / "inputs" / name).read_bytes())
    work(world)
    assert address
    assert "A-complaint-thường" in browser.search(words).get_data(as_text=True)
