"""Documents from upload to verification: held without a scanner, refused with advice, shown, searched, covered, handed
over; secret ones by a second person.
"""

import io
import re
import subprocess

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select

from app.law.holidays import SEED
from app.models import Account, Case, Document
from app.operations.act import Act
from app.operations.documents import work as document_work
from app.operations.documents.derivatives import hand_over
from app.operations.documents.work import work_once
from app.operations.refusal import Refused
from app.security import sealed_files
from tests.conftest import Browser, pages_of
from tests.support import hostile
from tests.support.scanner import EICAR, clamd
from tests.support.world import build
from tests.views.test_work import registered

SECRET_NAME = "Đinh Thị Tuyệt Mật"
SECRET_PLACE = "Thôn Kín Đáo, xã Lặng Lẽ"


@pytest.fixture(scope="module")
def scanner(tmp_path_factory):
    with clamd(tmp_path_factory.mktemp("clamd")) as socket:
        yield socket


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory, scanner):
    keys = build(installation, tmp_path_factory.mktemp("world"))
    installation.app.config["CLAMD_SOCKET"] = scanner
    return installation, keys


def signed_in(world, identifier):
    browser = Browser(world[0].app)
    assert browser.sign_in(identifier).status_code == 302
    return browser


def upload(browser, address, name, data):
    """The page after uploading to a petition or case, and the document's address where one was taken in."""
    noun = {"petitions": "petition", "cases": "case"}[address.split("/")[1]]
    answer = browser.post(
        f"/documents/of/{noun}/{address.split('/')[2]}", {"file": (io.BytesIO(data), name)}, follow_redirects=True
    )
    page = answer.get_data(as_text=True)
    found = re.findall(r'href="(/documents/[0-9a-f-]{36})"', page)
    return page, found[0] if found else None


def work(world):
    with world[0].session("work") as session:
        while work_once(session):
            pass


def own(world):
    return f"/petitions/{world[1]['own']}"


def test_a_scan_is_taken_in_made_ready_read_and_found(world):
    browser = signed_in(world, "OFFICER")
    data = hostile.picture("Biên bản xác minh\nlô đất Bàu Sen thửa mười bảy")
    page, address = upload(browser, own(world), "../../Biên bản.png", data)
    assert "Đã nhận 1 tệp" in page and ">Biên bản.png</a>" in page
    assert "Tài liệu chưa xem được" in browser.get(address).get_data(as_text=True)
    work(world)
    page = browser.get(address).get_data(as_text=True)
    assert "Xem được, tìm được" in page and re.search(r"<code>[0-9a-f]{64}</code>", page)
    shown = browser.get(f"{address}/page/1.png")
    assert (
        shown.status_code == 200
        and Image.open(io.BytesIO(shown.data)).width > 500
        and shown.headers["Cache-Control"] == "no-store"
    )
    assert (
        browser.get(f"{address}/page/2.png").status_code == 404 and browser.get(f"{address}?page=2").status_code == 404
    )
    assert browser.get(f"{address}/original").data == data
    assert browser.get(f"{address}/download").data.startswith(b"%PDF-")
    found = browser.search("bau sen thua").get_data(as_text=True)
    assert "A-complaint-thường" in found
    assert "A-complaint-thường" in browser.search("“lô đất Bàu Sen”").get_data(as_text=True)
    assert "A-complaint-thường" not in browser.search("“đất lô Bàu”").get_data(as_text=True)
    assert "A-complaint-thường" not in browser.search("bau sen khongcotu").get_data(as_text=True)
    assert browser.get(address.replace("documents", "petitions")).status_code == 404


@pytest.mark.parametrize(
    ("name", "data"), [("don.docx", hostile.docx("nội dung xcvbnm")), ("so.xlsx", hostile.xlsx("số liệu xcvbnm"))]
)
def test_an_office_file_is_shown_as_pages(world, name, data):
    browser = signed_in(world, "OFFICER")
    _, address = upload(browser, own(world), name, data)
    work(world)
    assert browser.get(f"{address}/page/1.png").status_code == 200
    assert browser.get(f"{address}/original").data == data
    assert "A-complaint-thường" in browser.search("xcvbnm").get_data(as_text=True)
    with world[
        0
    ].owner() as connection:  # what was read in it does not open any more: it is no hit, and the search goes on
        connection.execute(
            "update documents set read_text = set_byte(read_text, 30, 255 - get_byte(read_text, 30)) where id = %s",
            [address.split("/")[2]],
        )
    answer = browser.search("xcvbnm")
    assert answer.status_code == 200 and "A-complaint-thường" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "data", "advice"),
    [
        ("x.pdf", EICAR, "mã độc"),
        ("x.zip", hostile.zipped(e=EICAR), "mã độc"),
        ("x.docx", hostile.with_part(hostile.docx(), "word/embeddings/o.bin", EICAR), "mã độc"),
        ("x.docx", hostile.macro_docx(), "macro"),
        ("anh.jpg", b"MZ" + bytes(500), "chương trình chạy được"),
        ("x.png", hostile.huge_png(), "ảnh quá lớn"),
        ("x.docx", hostile.bomb_docx(), "giải nén ra quá lớn|mã độc"),
        ("x.jpg", hostile.polyglots()["jpeg and script"], "ngụy trang"),
    ],
)
def test_a_harmful_upload_leaves_a_sentence_and_an_entry_and_nothing_else(world, name, data, advice):
    browser = signed_in(world, "OFFICER")
    before = snapshot(world)
    page, _ = upload(browser, own(world), name, data)
    assert re.search(advice, pages_of(page)), pages_of(page)[:600]
    after = snapshot(world)
    assert after[0] == before[0] and after[1] == before[1] + 1 and after[2] == before[2]


def snapshot(world):
    with world[0].owner() as connection:
        documents = connection.execute("select count(*) from documents").fetchone()[0]
        entries = connection.execute("select count(*) from audit_entries where action = 'document.refused'").fetchone()[
            0
        ]
    return documents, entries, len(list(sealed_files.everything(world[0].app.config["FILES_DIR"])))


def test_eicar_in_an_attachment_of_a_pdf_is_caught(world):
    document = pikepdf.open(io.BytesIO(hostile.pdf()))
    document.attachments["e.com"] = EICAR
    page, _ = upload(signed_in(world, "OFFICER"), own(world), "don.pdf", hostile.saved(document))
    assert "mã độc" in page


def test_without_a_scanner_a_file_is_held_and_opens_to_nobody_until_it_is_scanned(world, monkeypatch):
    installation = world[0]
    scanner = installation.app.config["CLAMD_SOCKET"]
    browser = signed_in(world, "OFFICER")
    for missing in (None, "/no/such/clamd.sock"):
        monkeypatch.setitem(installation.app.config, "CLAMD_SOCKET", missing)
        page, address = upload(browser, own(world), "giu.pdf", hostile.pdf("held"))
        assert "Chờ quét mã độc" in page
        work(world)
        assert browser.get(f"{address}/page/1.png").status_code == 404
        assert not browser.get(f"{address}/original").data.startswith(b"%PDF")
        assert not browser.get(f"{address}/download").data.startswith(b"%PDF")
    monkeypatch.setitem(installation.app.config, "CLAMD_SOCKET", scanner)
    with installation.owner() as connection:
        connection.execute("update documents set next_at = now()")
    work(world)
    assert browser.get(f"{address}/page/1.png").status_code == 200


def test_a_held_file_with_a_virus_is_refused_when_the_scanner_comes_back(world, monkeypatch):
    installation = world[0]
    scanner = installation.app.config["CLAMD_SOCKET"]
    browser = signed_in(world, "OFFICER")
    monkeypatch.setitem(installation.app.config, "CLAMD_SOCKET", None)
    document = pikepdf.open(io.BytesIO(hostile.pdf()))
    document.attachments["e.com"] = EICAR
    _, address = upload(browser, own(world), "giu.pdf", hostile.saved(document))
    monkeypatch.setitem(installation.app.config, "CLAMD_SOCKET", scanner)
    with installation.owner() as connection:
        connection.execute("update documents set next_at = now()")
    work(world)
    assert "mã độc" in browser.get(address).get_data(as_text=True)
    assert address not in browser.get(own(world)).get_data(as_text=True)
    assert not browser.get(f"{address}/original").data.startswith(b"%PDF")


def test_a_worker_that_dies_loses_nothing_and_a_file_that_kills_workers_is_given_up(world, monkeypatch):
    browser = signed_in(world, "OFFICER")
    _, address = upload(browser, own(world), "x.pdf", hostile.pdf())
    installation = world[0]

    def dies(*_):
        raise SystemExit

    monkeypatch.setattr(document_work, "_copy", dies)
    for _ in range(document_work.MOST_TRIES):
        with installation.session("work") as session, pytest.raises(SystemExit):
            while work_once(session):
                pass
        with installation.session("work") as session:
            assert not work_once(session)  # its lease runs
        with installation.owner() as connection:
            connection.execute("update documents set next_at = now() where id = %s", [address.split("/")[-1]])
    work(world)
    assert "Không xử lý được" in browser.get(address).get_data(as_text=True)


def denounced(world):
    """The address of a new denunciation of unit A that names its sender, its case accepted; handled by CHUYENTRACH."""
    leader = signed_in(world, "LEADER")
    officer = signed_in(world, "OFFICER")
    address = registered(
        officer,
        kind="denunciation",
        **{"petitioners-0-name": SECRET_NAME, "petitioners-0-address": SECRET_PLACE},
        summary=f"Tôi là {SECRET_NAME.upper()} ở {SECRET_PLACE}, tố cáo ông X nhận tiền.",
    )
    leader.post(
        f"{address}/process",
        {"on": "06/10/2026", "eligible": "1", "competent": "1", "direction": "accept", "difference": "theo luật"},
    )
    leader.post(f"{address}/attach", {"on": "07/10/2026", "accept": "y"})
    leader.post(f"{address}/assign", {"on": "07/10/2026", "handlers": ["CHUYENTRACH"]})
    case = re.search(r"/cases/[0-9a-f-]+", leader.get(address).get_data(as_text=True)).group()
    return address, case


def look(browser, address):
    """The reason for opening an original that shows who denounced is given."""
    assert "Mở bản gốc" not in browser.post(
        f"{address}/reveal", {"note": "xem để xử lý đơn"}, follow_redirects=True
    ).get_data(as_text=True)


def test_an_original_that_shows_who_denounced_opens_with_a_reason_for_a_while(world, monkeypatch):
    petition, _ = denounced(world)
    handler = signed_in(world, "CHUYENTRACH")
    _, original = upload(handler, petition, "don.png", hostile.picture("Nguyen Van Gui Don\nnoi dung zxcvq dai du chu"))
    work(world)
    assert "Mở bản gốc" in handler.get(original).get_data(as_text=True)
    assert handler.get(f"{original}/page/1.png").status_code == 403
    for part in ("cover", "download"):
        assert handler.get(f"{original}/{part}").headers["Location"].endswith(original)
    assert "ít nhất 10 ký tự" in handler.post(f"{original}/reveal", {"note": "xem"}, follow_redirects=True).get_data(
        as_text=True
    )
    look(handler, original)
    assert (
        handler.get(f"{original}/page/1.png").status_code == 200 and handler.get(f"{original}/cover").status_code == 200
    )
    leader = signed_in(world, "LEADER")
    assert leader.get(f"{original}/page/1.png").status_code == 403  # each gives their own reason
    for address in (f"document/{original.split('/')[2]}", f"petition/{petition.split('/')[2]}"):
        assert leader.post(f"/secrecy/{address}", {"level": "0"}).status_code == 302
    assert leader.get(f"{original}/original").headers["Location"].endswith(original)  # also where it is no longer Mật
    with world[0].owner() as connection:
        rows = connection.execute(
            "select account, reason from audit_entries where action = 'identity.revealed' and table_name = 'documents'"
            " order by at desc limit 1"
        )
        assert rows.fetchone() == ("CHUYENTRACH", "xem để xử lý đơn")
        connection.execute("update approvals set used_at = now() - interval '16 minutes' where act = 'reveal'")
    assert handler.get(f"{original}/page/1.png").status_code == 403
    assert petition in handler.search("zxcvq").get_data(as_text=True)
    monkeypatch.setitem(world[0].app.config, "REVEAL_APPROVAL", True)
    assert petition not in handler.search("zxcvq").get_data(as_text=True)  # nor does a search tell what it says
    handler.post(f"{original}/reveal", {"note": "xem để xử lý đơn"})
    assert handler.get(f"{original}/page/1.png").status_code == 403
    handler.post(f"/approvals/ask/reveal/document/{original.split('/')[2]}", {"reason": "đối chiếu chữ ký người gửi"})
    key = re.search(r"/approvals/([0-9a-f-]{36})/decide", leader.get("/approvals/open").get_data(as_text=True)).group(1)
    leader.post(f"/approvals/{key}/decide", {"granted": "1"})
    handler.post(f"{original}/reveal")
    assert handler.get(f"{original}/page/1.png").status_code == 200


def test_verifiers_get_checked_copies_without_the_denouncer_and_nothing_else(world, tmp_path):
    installation = world[0]
    petition, case = denounced(world)
    handler = signed_in(world, "CHUYENTRACH")
    verifier = signed_in(world, "OFFICER")
    scan = hostile.picture(
        f"ĐƠN TỐ CÁO\nTôi tên là {SECRET_NAME}\nở {SECRET_PLACE}\ntố cáo ông X nhận tiền", (1400, 800)
    )
    _, original = upload(handler, petition, "don.png", scan)
    work(world)
    for address in (original, f"{original}/page/1.png", f"{original}/original", f"{original}/cover"):
        assert verifier.get(address).status_code == 404
    look(handler, original)
    answer = handler.post(f"{original}/cover", {"identity": "y", "regions": "1 5 45 95 60"})
    made = re.search(r"/documents/[0-9a-f-]{36}", answer.headers["Location"]).group()
    handler.post(f"/documents/extract/{petition.split('/')[2]}")
    work(world)
    with installation.session() as session:
        derivatives = session.scalars(
            select(Document).where(Document.recipe.is_not(None), Document.petition_id == petition.split("/")[2])
        ).all()
        extract = next(str(row.id) for row in derivatives if str(row.id) not in made)
        copies = [
            sealed_files.read(installation.app.config["FILES_DIR"], row.id, part)
            for row in derivatives
            for part in (sealed_files.ORIGINAL, sealed_files.COPY)
        ]
        read = [" ".join(row for row in document_work.unseal(row, "read_text").values()) for row in derivatives]
    keys = [made.split("/")[2], extract]
    unchecked = handler.post(f"{case}/step/verify", {"on": "08/10/2026", "documents": keys, "accounts": ["OFFICER"]})
    assert unchecked.status_code == 200  # not offered until somebody looked
    for key in keys:
        assert "không còn danh tính" in handler.post(f"/documents/{key}/checked", follow_redirects=True).get_data(
            as_text=True
        )
    refused = handler.post(
        f"{case}/step/verify",
        {"on": "08/10/2026", "documents": [original.split("/")[2]], "accounts": ["OFFICER"]},
    )
    assert refused.status_code == 200
    page = handler.post(
        f"{case}/step/verify",
        {"on": "08/10/2026", "documents": keys, "accounts": ["OFFICER"]},
        follow_redirects=True,
    )
    assert "Đã ghi: Giao xác minh" in page.get_data(as_text=True) and "Giao xác minh" in page.get_data(as_text=True)
    for key in keys:
        assert (
            verifier.get(f"/documents/{key}").status_code == 200
            and verifier.get(f"/documents/{key}/page/1.png").status_code == 200
        )
        # A copy is as secret as what it was made from, a scan or the register's own record, until somebody lowers it.
        assert verifier.get(f"/documents/{key}/download").status_code == 302
        assert verifier.get(f"/documents/{key}/original").status_code == 403
    page = verifier.get(case).get_data(as_text=True)
    assert keys[0] in page and original not in page and "Đinh" not in page
    assert verifier.get(original).status_code == 404 and "chỉ xem được số liệu" in verifier.get(petition).get_data(
        as_text=True
    )
    for data in copies:
        assert_nothing_of_the_denouncer(data, tmp_path)
    assert all("Tuyệt Mật" not in text and "TUYỆT MẬT" not in text and "Kín Đáo" not in text for text in read) and any(
        "nhận tiền" in text for text in read
    )


def assert_nothing_of_the_denouncer(data, folder):
    """Text, pictures, metadata, incremental updates: what a reader of the file itself would look through."""
    (folder / "copy.pdf").write_bytes(data)
    run = lambda *command: subprocess.run(command, capture_output=True, check=True).stdout  # noqa: E731
    plain = (
        run("qpdf", "--qdf", folder / "copy.pdf", "-")
        + run("exiftool", "-a", folder / "copy.pdf")
        + run("strings", folder / "copy.pdf")
    )
    for mark in ("Đinh", "Tuyệt", "Kín Đáo", "don.png"):
        assert mark.encode() not in plain and mark.encode("utf-16-be") not in plain
    assert run("pdftotext", folder / "copy.pdf", "-").strip(b"\f\n ") == b""  # no letters: dots only
    assert data.count(b"%%EOF") == 1 and data.count(b"startxref") == 1
    with pikepdf.open(folder / "copy.pdf") as pdf:
        assert "/Info" not in pdf.trailer and not pdf.attachments and "/Metadata" not in pdf.Root


def test_an_original_is_never_handed_to_verification(world):
    installation = world[0]
    petition, case = denounced(world)
    handler = signed_in(world, "CHUYENTRACH")
    _, original = upload(handler, petition, "don.pdf", hostile.pdf())
    work(world)
    with installation.app.app_context(), installation.session() as session:
        row = session.get(Document, original.split("/")[2])
        account = session.scalars(select(Account).where(Account.username == "OFFICER")).one()
        found = session.get(Case, case.split("/")[2])
        with pytest.raises(Refused, match="chỉ giao bản che"):
            day = found.accepted_on
            hand_over(session, found, Act(on=day, by="X", today=day, calendar=SEED), [row], [account])
        assert row.verifiers is None


@pytest.mark.parametrize("regions", ["1 10 5 60", "1 10 5 9 12", "1 0 0 101 5", "x", "9 1 1 2 2"])
def test_wrong_regions_are_told_of_and_the_form_keeps_them(world, regions):
    browser = signed_in(world, "OFFICER")
    _, address = upload(browser, own(world), "x.pdf", hostile.pdf())
    work(world)
    page = browser.post(f"{address}/cover", {"regions": regions}).get_data(as_text=True)
    assert regions in page and "vùng cần che" in page
