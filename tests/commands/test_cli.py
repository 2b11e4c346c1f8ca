"""The command line as an operator meets it: one line on standard error for what is wrong, exit 0 only for what was
done.
"""

import json
import os
import subprocess
import sys
import time
import unicodedata
from importlib import import_module
from pathlib import Path

import psycopg
import pytest

from app.cli import parser
from app.database import owner_address
from tests.conftest import DATA

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    folder.chmod(0o755)
    environ = {
        "INSTANCE_DIR": str(folder / "instance"),
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/root"),
    }

    def call(*arguments, stdin=b"", environ=environ, **more):
        found = subprocess.run(
            [sys.executable, "run.py", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=ROOT,
            env=environ | more,
            timeout=300,
        )
        return found.returncode, found.stdout.decode(), found.stderr.decode()

    assert call("init")[0] == 0
    assert call("import", DATA / "example.jsonl")[0] == 0
    call.environ = environ
    return call


def failed(found):
    status, _, error = found
    return status != 0 and error.count("\n") == 1 and "Traceback" not in error


def test_every_command_has_help(run):
    for command in (
        "init",
        "demo",
        "import",
        "export",
        "due",
        "report",
        "account",
        "search",
        "normalize",
        "check",
        "audit",
        "daily",
        "deploy",
        "background",
        "work",
        "orphans",
        "rotate-keys",
        "keys",
    ):
        status, text, _ = run(command, "--help")
        assert status == 0 and "cách dùng: run.py" in text and "usage" not in text
    assert run("check")[0] == 0


WRONG = [
    ("import", "/no/such/file.jsonl"),
    ("report", "02/XLD", "--unit", "KHONGCO", "--from", "2025-12-15", "--to", "2026-03-14"),
    ("report", "09/ABC", "--unit", "H42", "--from", "2025-12-15", "--to", "2026-03-14"),
    ("report", "02/XLD", "--unit", "H42", "--from", "2025-06-15", "--to", "2025-09-14"),
    ("report", "02/XLD", "--unit", "H42", "--from", "2026-03-14", "--to", "2025-12-15"),
    ("report", "02/XLD", "--unit", "H42", "--from", "2026-02-30", "--to", "2026-03-14"),
    ("report", "02/XLD", "--unit", "H42", "--from", "2025-12-15", "--to", "2026-03-14", "--circular", "01/2024"),
    ("due", "no.rule", "2026-01-01"),
    ("due", "complaint.accept", "2026-02-30"),
    ("due", "complaint.accept", "2026-W01-1"),
    ("export", "/dev/full", "--unit", "H42"),
    ("export", "", "--unit", "H42"),
    ("report", "02/XLD", "--unit", "H42", "--from", "2025-12-15", "--to", "2026-03-14", "-o", "/no/such/folder/x.xlsx"),
    ("account", "add", "TOT.MAU", "--kind", "user", "--unit", "H42", "--document", "x" * 200),
    ("due", "reception.refuse", "2026-01-01"),
    ("search", "đất", "--as", "KHONGCO"),
    ("account", "add", "xấu", "--kind", "user", "--unit", "H42"),
    ("account", "add", "TOT.MAU", "--kind", "user", "--unit", "X"),
    ("account", "add", "TOT.MAU", "--kind", "user", "--unit", "H42", "--role", "king"),
    ("account", "add", "TOT.MAU", "--kind", "user", "--unit", "H42", "--manages", "AI"),
    ("export", "/tmp/no-such-folder/x.jsonl", "--unit", "H42"),
    ("demo",),
    ("frobnicate",),
    ("report", "02/XLD"),
]


@pytest.mark.parametrize("arguments", WRONG, ids=lambda arguments: " ".join(arguments))
def test_what_is_wrong_is_one_line_and_a_status(run, arguments):
    found = run(*arguments)
    assert failed(found), found


def test_a_missing_database_and_a_readable_key_are_one_line(run, tmp_path):
    assert failed(run("check", INSTANCE_DIR=str(tmp_path / "new")))
    assert failed(run("check", INSTANCE_DIR="/no/such/parent/instance"))
    assert failed(run("check", DATABASE_URL="postgresql://127.0.0.1:1/none"))
    assert failed(run("init", DATABASE_URL="not an address"))
    key = tmp_path / "key"
    key.write_bytes(b"0" * 32)
    key.chmod(0o644)
    status, _, error = run("check", KEY_FILE=str(key))
    assert status == 1 and "chmod 600" in error


# What takes long to load, and what no small command has any business with.
HEAVY = (
    "flask",
    "flask_appbuilder",
    "sqlalchemy",
    "alembic",
    "cryptography",
    "openpyxl",
    "app.application",
    "app.models",
)
LIGHT = (
    ["--help"],
    ["frobnicate"],
    ["due", "complaint.accept", "2026-11-20"],
    ["due", "no.rule", "2026-11-20"],
    ["normalize"],
    ["deploy", "nginx"],
    ["report", "--help"],
)


@pytest.mark.parametrize("arguments", [*LIGHT, ["check"], ["report", "02/XLD", "--unit", "H42"]], ids=" ".join)
def test_small_commands_load_no_application(run, tmp_path, arguments):
    code = (
        f"import sys\nfrom app.cli import main\ntry: main({arguments!r})\nexcept SystemExit: pass\nprint(*sys.modules,"
        " sep='\\n', file=sys.stderr)"
    )
    places = [str(tmp_path / "none"), run.environ["INSTANCE_DIR"]] if arguments in LIGHT else [str(tmp_path / "none")]
    for place in places:
        command = [sys.executable, "-c", code]
        found = subprocess.run(
            command, cwd=ROOT, env=run.environ | {"INSTANCE_DIR": place}, input=b"", capture_output=True, check=True
        )
        assert not set(found.stderr.decode().split()) & set(HEAVY), place


def test_every_command_leads_to_a_function_that_is_there():
    found = set()

    def walk(grammar):
        found.add(grammar.get_default("run"))
        for action in grammar._subparsers._group_actions if grammar._subparsers else ():
            for below in action.choices.values():
                walk(below)

    walk(parser())
    for name in found - {None}:
        module, function = name.split(":")
        assert callable(getattr(import_module(module), function)), name


def test_due_beside_an_installation_stands_in_the_trail_and_reads_its_calendar(run):
    query = (
        "select count(*) from audit_entries where action = 'command.run' and account = 'system:due' and detail ="
        ' \'{"command": "due"}\''
    )
    with psycopg.connect(**owner_address(run.environ), autocommit=True) as connection:
        (before,) = connection.execute(query).fetchone()
        assert run("due", "complaint.accept", "2026-06-01")[1].startswith("2026-06-11\n")
        connection.execute(
            "insert into holidays (id, day, kind, doubtful) values (gen_random_uuid(), '2026-06-11', 'off', false)"
        )
        assert run("due", "complaint.accept", "2026-06-01")[1].startswith("2026-06-12\n")
        connection.execute("delete from holidays where day = '2026-06-11'")
        assert connection.execute(query).fetchone() == (before + 2,)


def test_due_prints_the_day_and_its_derivation(run):
    status, text, _ = run("due", "complaint.accept", "2026-11-20")
    lines = text.splitlines()
    assert status == 0 and lines[0] == "2026-12-02?" and any("24/11/2026 – ngày nghỉ lễ" in line for line in lines)
    assert run("due", "complaint.settle.first", "2026-08-03", "--complex", "--remote")[1].startswith("2026-10-02\n")
    assert run("due", "discipline.complain.second", "2026-08-03")[1].startswith("2026-08-13\n")
    dismissed = run("due", "discipline.complain.second", "2026-08-03", "--dismissal")[1].splitlines()
    assert (
        dismissed[0] == "2026-09-03"
        and "(discipline.complain.second)" in dismissed[1]
        and "buộc thôi việc" in dismissed[1]
    )
    assert "chỉ có từ ngày 20/11/2012" in run("due", "complaint.publish.second", "2012-11-19")[2]


def test_report_prints_json_and_writes_a_workbook(run, tmp_path):
    expected = json.loads((DATA / "example.expected.json").read_text())["2025-12-15..2026-03-14"]["02/XLD"]
    arguments = ("report", "02/XLD", "--unit", "H42", "--from", "2025-12-15", "--to", "2026-03-14")
    assert json.loads(run(*arguments, "--json")[1]) == expected
    below = json.loads(run("report", "02/XLD", "--unit", "H42.01", *arguments[4:], "--json")[1])
    assert below == {"H42.01": expected["H42.01"], "total": expected["H42.01"]}
    assert run(*arguments, "-o", tmp_path / "form.xlsx")[0] == 0 and (tmp_path / "form.xlsx").stat().st_size > 5000


def test_export_is_the_import_and_a_second_import_changes_nothing(run, tmp_path):
    status, text, error = run("export", tmp_path / "out.jsonl", "--unit", "H42")
    assert status == 0 and "300 petition" in text and error == ""
    assert oct((tmp_path / "out.jsonl").stat().st_mode & 0o777) == "0o600"
    assert "đã có từ trước" in run("import", tmp_path / "out.jsonl")[1]
    (tmp_path / "bad.jsonl").write_text(
        '{"type": "unit", "code": "NEW", "name": "x", "level": "commune"}\n{"type": "letter"}\n'
    )
    status, _, error = run("import", tmp_path / "bad.jsonl")
    assert status == 1 and error.startswith("run.py: dòng 2, trường type:")
    assert failed(run("export", tmp_path / "new.jsonl", "--unit", "NEW")) and not (tmp_path / "new.jsonl").exists()


def test_a_dry_run_stores_nothing(run, tmp_path):
    (tmp_path / "more.jsonl").write_text('{"type": "unit", "code": "DRY", "name": "x", "level": "commune"}\n')
    assert "sẽ nhập: 1 unit" in run("import", tmp_path / "more.jsonl", "--dry-run")[1]
    assert failed(run("export", tmp_path / "dry.jsonl", "--unit", "DRY"))


def test_accounts_are_made_and_find_what_they_may_read(run):
    status, password, _ = run("account", "add", "CANBO.THU", "--kind", "user", "--unit", "H42.05", "--role", "officer")
    assert status == 0 and len(password.strip()) == 16
    assert run("account", "add", "QUANTRI.THU", "--kind", "admin", "--unit", "H42.05")[0] == 0
    assert (
        run("account", "add", "QUANLY.THU", "--kind", "manager", "--unit", "H42.05", "--manages", "CANBO.THU")[0] == 0
    )
    status, found, _ = run("search", "quyết", "định", "--as", "CANBO.THU")
    assert status == 0 and found.split()
    assert run("search", "quyet dinh", "--as", "CANBO.THU")[1] == found
    assert run("search", "quyết định", "--as", "QUANLY.THU")[1] == found
    assert run("search", "quyết định", "--as", "QUANTRI.THU")[:2] == (0, "")
    lines = [json.loads(line) for line in (DATA / "example.jsonl").read_text().splitlines()]
    theirs = {record["id"] for record in lines if record["type"] == "petition" and record["unit"] == "H42.05"}
    assert set(found.split()) <= theirs and len(found.split()) <= 100


def test_files_of_no_document_are_listed_and_removed_only_where_that_is_asked(run):
    folder = Path(run.environ["INSTANCE_DIR"]) / "files" / "ab"
    folder.mkdir(parents=True)
    names = [
        "0190c000-0000-7000-8000-0000000000ab.original",
        "0190c000-0000-7000-8000-0000000001ab.copy",
        "ghi-chu.original",
    ]
    for name in names:
        (folder / name).write_bytes(b"x")
    yesterday = time.time() - 25 * 3600
    os.utime(folder / names[0], (yesterday, yesterday))
    os.utime(folder / names[2], (yesterday, yesterday))
    assert run("orphans")[:2] == (0, f"{names[0]}\n") and (folder / names[0]).exists()
    assert run("orphans", "--remove")[:2] == (0, f"{names[0]}\n")
    assert sorted(path.name for path in folder.iterdir()) == sorted(names[1:])
    assert run("orphans")[:2] == (0, "")


def test_the_embedded_server_has_room_for_more_than_its_default(run):
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with psycopg.connect(**owner_address(run.environ)) as connection:
        (pages,) = connection.execute("select setting::int from pg_settings where name = 'shared_buffers'").fetchone()
    assert pages * 8192 == min(512 << 20, memory // 4 >> 20 << 20)


def test_a_password_is_read_from_standard_input(run):
    assert run("account", "add", "MATKHAU.THU", "--kind", "user", "--unit", "H42.05")[0] == 0
    status, _, error = run("account", "password", "MATKHAU.THU", stdin=b"ngan\n")
    assert status == 1 and "14 ký tự" in error
    assert run("account", "password", "MATKHAU.THU", stdin="Đồng-hồ-treo-Tường-9\n".encode())[0] == 0
    assert failed(run("account", "password", "MATKHAU.THU", stdin=b""))


def test_the_operator_confirms_and_does_the_daily_work(run):
    assert run("account", "add", "XACNHAN.THU", "--kind", "user", "--unit", "H42.05")[0] == 0
    assert run("account", "confirm", "XACNHAN.THU")[0] == 0
    assert failed(run("account", "confirm", "KHONG.CO"))
    assert run("daily")[:2] == (0, "") == run("daily")[:2]
    assert failed(run("deploy", "apache"))


def test_the_audit_chain_is_sealed_and_verified(run):
    assert run("audit", "seal")[0] == 0
    status, told, _ = run("audit", "verify")
    assert status == 0 and "nhật ký nguyên vẹn" in told and "chưa niêm phong" in told
    with psycopg.connect(**owner_address(run.environ), autocommit=True) as connection:
        connection.execute("alter table audit_entries disable trigger append_only")
        connection.execute(
            "update audit_entries set account = 'AI.KHAC' where id = (select entry_id from audit_seals where place = 2)"
        )
        connection.execute("alter table audit_entries enable trigger append_only")
    broken = run("audit", "verify")
    assert failed(broken) and "vị trí 2" in broken[2]


def test_normalize_reads_any_supported_encoding(run):
    sentence = "Cộng hòa xã hội chủ nghĩa Việt Nam, độc lập tự do hạnh phúc, kính gửi ủy ban nhân dân"
    for data in (
        sentence.encode(),
        unicodedata.normalize("NFD", sentence).encode(),
        sentence.encode("utf-16"),
        subprocess.run(
            ["iconv", "-f", "UTF-8", "-t", "VISCII"], input=sentence.encode(), capture_output=True, check=True
        ).stdout,
        subprocess.run(["recode", "UTF-8..VNI"], input=sentence.encode(), capture_output=True, check=True).stdout,
        subprocess.run(["recode", "UTF-8..VIQR"], input=sentence.encode(), capture_output=True, check=True).stdout,
    ):
        assert run("normalize", stdin=data)[:2] == (0, sentence)
    assert failed(run("normalize", stdin=bytes(range(0x80, 0xFF))))


def test_demonstration_data_fills_every_state_and_refuses_to_mix(tmp_path):
    environ = {
        "INSTANCE_DIR": str(tmp_path / "instance"),
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/root"),
    }
    tmp_path.chmod(0o755)

    def call(*arguments):
        return subprocess.run(
            [sys.executable, "run.py", *arguments], capture_output=True, cwd=ROOT, env=environ, timeout=300, text=True
        )

    assert call("init").returncode == 0
    assert call("demo", "--petitions", "600", "--seed", "7").returncode == 0
    accounts = json.loads((tmp_path / "instance" / "demo-accounts.json").read_text())
    assert oct((tmp_path / "instance" / "demo-accounts.json").stat().st_mode & 0o777) == "0o600" and len(accounts) == 9
    assert "đã có từ trước" in call("demo").stdout and call("demo", "--if-empty").returncode == 0
    assert call("account", "add", "NGUOI.KHAC", "--kind", "user", "--unit", "H42").returncode == 0
    assert call("demo").returncode == 1 and call("demo", "--if-empty").returncode == 0
    assert call("export", str(tmp_path / "all.jsonl"), "--unit", "H42").returncode == 0
    records = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    kinds = {record["level"] for record in records if record["type"] == "unit"}
    assert sum(record["type"] == "unit" for record in records) == 18 and kinds == {"province", "department", "commune"}
    cases = [record for record in records if record["type"] == "case"]
    for name in ("refused_on", "withdrawn_on", "discontinued_on", "suspensions", "decision", "execution"):
        assert any(name in case for case in cases), name
    assert any(case.get("execution", {}).get("finished_on") for case in cases) and any(
        "accepted_on" not in case and "refused_on" not in case for case in cases
    )
    assert any("processed" not in record for record in records if record["type"] == "petition")


def test_a_register_is_imported_once_and_asks_before_it_goes_on(run, tmp_path):
    headings = "Ngày nhận;Loại đơn;Họ tên;Nội dung"
    row = "05/03/2026;Khiếu nại;{};Đòi lại đất ở buôn Nô\u0306ng"
    named = tmp_path / "so.csv"
    nameless = tmp_path / "khong-ten.csv"
    named.write_text(f"{headings}\n{row.format('1. Ông Y Ƀlih Niê')}\n")
    nameless.write_text(f"{headings.replace('Họ tên', 'Danh tính')}\n{row.format('')}\n")
    code = json.loads((DATA / "example.jsonl").read_text().splitlines()[0])["code"]
    assert "sẽ nhập: 1 petition" in run("import", named, "--unit", code, "--dry-run")[1]
    assert "đã nhập: 1 petition" in run("import", named, "--unit", code)[1]
    again = run("import", named, "--unit", code)
    assert failed(again) and "tệp này đã được nhập lúc" in again[2] and again[2].rstrip().endswith("thêm --again")
    status, told, warned = run("import", named, "--unit", code, "--again")
    assert status == 0 and "đã nhập: 1 petition" in told and "lưu ý: dòng 2: đã có đơn" in warned
    asked = run("import", nameless, "--unit", code)
    assert (
        failed(asked)
        and "không tìm thấy cột họ tên" in asked[2]
        and "“Danh tính”" in asked[2]
        and asked[2].rstrip().endswith("thêm --anonymous")
    )
    status, _, warned = run("import", nameless, "--unit", code, "--anonymous")
    assert status == 0 and "nhập là đơn nặc danh: dòng 2" in warned
    assert run("export", tmp_path / "out.jsonl", "--unit", code)[0] == 0
    records = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    found = [
        record for record in records if record["type"] == "petition" and record["summary"].endswith("buôn Nô\u0306ng")
    ]
    assert sorted(person["name"] for record in found for person in record["petitioners"]) == ["Y Ƀlih Niê"] * 2
    assert "đã có từ trước" in run("import", tmp_path / "out.jsonl")[1]


@pytest.mark.parametrize("name", ["so.xls", "so.xlsm", "so.ods", "so.xlsx", "so.csv"])
def test_a_file_that_is_no_register_is_one_line(run, tmp_path, name):
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    assert failed(run("import", tmp_path / name, "--unit", "A"))


def test_normalize_gives_capitals_of_a_tcvn3_capital_font(run):
    status, out, _ = run("normalize", stdin="®Ò nghÞ gi¶i quyÕt cho «ng NGUYÔN V¡N MÉU".encode("cp1252"))
    assert (status, out.strip()) == (0, "đề nghị giải quyết cho ông NGUYỄN VĂN MẪU")
    assert run("normalize", stdin="NGUYÔN V¡N MÉU".encode("cp1252"))[1].strip() == "NGUYỄN VĂN MẪU"
    assert run("normalize", stdin="Lƣơng Văn Mƣời, Nô\u0306ng".encode())[1].strip() == "Lương Văn Mười, Nô\u0306ng"
