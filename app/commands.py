"""What each command does. All act as the operator of the machine: system scope, audited."""

import json
import os
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.clock import today
from app.database import application_url
from app.deploy import nginx_configuration
from app.explain import derivation
from app.extensions import db
from app.files.memory import sweep
from app.installation import analyse, as_owner, initialise, is_leakproof
from app.law.deadlines import due as due_on
from app.law.holidays import SEED
from app.models import Document
from app.operations import demonstration
from app.operations.accounts import add_account, find_account, set_password
from app.operations.confirmations import confirm_by_operator
from app.operations.conflicts import look_again
from app.operations.daily import run_daily
from app.operations.document_state import problems
from app.operations.document_work import work_once
from app.operations.exchange_in import import_file
from app.operations.exchange_out import export_unit
from app.operations.holidays import load_calendar
from app.operations.minutes import make_minutes
from app.operations.refusal import Refused
from app.operations.register_in import import_register
from app.operations.search import CHECKED, search
from app.operations.units import find_unit
from app.reporting.filling import Filled, fill, plain
from app.reporting.workbook import write_form
from app.security import audit
from app.security.account_scope import permissions_and_scope
from app.security.audit_chain import export_heads, load_signing_key, seal_pending, sign_head, tail, verify
from app.security.audit_retention import closable, close_segment
from app.security.key_place import wrapping_key
from app.security.rotation import left_over
from app.security.scope import enter, system_scope
from app.security.sealed_files import orphans, unfinished
from app.text.tcvn6909 import decode
from config import audit_key_file, instance_dir, load

HEADS = "audit-heads"  # signed heads of the audit chain, in INSTANCE_DIR: to be copied elsewhere
BETWEEN_LOOKS, BETWEEN_LOOKS_AGAIN = 3.0, 30.0  # seconds between looks for documents that wait, and for new holders of accounts
BETWEEN_SEALS, FIRST_DAILY, BETWEEN_DAILY = 10.0, 60.0, 6 * 3600.0  # seconds


@contextmanager
def operator(command: str, **detail: Any) -> Iterator[Session]:
    """A session that sees everything, its use audited; committed at the end, rolled back on any error."""
    settings = load() | {"SQLALCHEMY_DATABASE_URI": application_url(), "SECRET_KEY": "not-serving"}
    app = create_app(settings, wrapping_key(os.environ))
    with app.app_context():
        session: Session = db.session()
        enter(session, system_scope(command))
        audit.record_apart(session, "command.run", detail={"command": command, **detail})
        yield session
        session.commit()


def init(_options: Namespace) -> None:
    """Schema, roles, keys, permissions and calendar are as this version needs them."""
    if os.geteuid() == 0 and "DATABASE_URL" not in os.environ:
        print(
            "lưu ý: đang chạy bằng root; PostgreSQL đi kèm sẽ tạo tài khoản hệ thống “pgserver” và mở quyền đi qua các thư mục cha của "
            f"{instance_dir()}; nên dùng một tài khoản thường",
            file=sys.stderr,
        )
    initialise(os.environ)


def check(_options: Namespace) -> None:
    """Everything `init` lays is there; files are opened apart, none is used unscanned outside the demonstration."""
    with operator("check") as session:
        if not is_leakproof(session.get_bind()):  # type: ignore[arg-type]
            raise Refused("arraycontains, arrayoverlap chưa được đánh dấu leakproof; chạy “run.py init” bằng superuser")
        if found := list(problems(session, load())):
            raise Refused("; ".join(found))
    print("tốt")


def demo(options: Namespace) -> None:
    """Synthetic data is there, and the demonstration accounts' passwords in INSTANCE_DIR/demo-accounts.json."""
    if not 1 <= options.petitions <= 2_000_000:
        raise Refused("số đơn phải từ 1 đến 2000000")
    with operator("demo", petitions=options.petitions, seed=options.seed) as session:
        if options.if_empty and demonstration.any_rows(session):
            return
        made = demonstration.make(session, options.petitions, options.seed, instance_dir())
    if made:
        analyse(os.environ)
    print("đã nạp dữ liệu trình diễn" if made else "dữ liệu trình diễn đã có từ trước")


def import_(options: Namespace) -> None:
    """The file is imported whole, or not at all."""
    if not options.file.is_file():
        raise Refused(f"không có tệp {options.file}")
    with operator("import", file=options.file.name, dry_run=options.dry_run) as session:
        if options.file.suffix.lower() in (".xlsx", ".csv"):
            report = import_register(session, options.file.read_bytes(), options.file.name, options.unit, options.encoding, today())
        else:
            report = import_file(session, options.file)
        for warning in report.warnings:
            print(f"lưu ý: {warning}", file=sys.stderr)
        if options.dry_run:
            session.rollback()
    if not options.dry_run:
        analyse(os.environ)
    verb = "sẽ nhập" if options.dry_run else "đã nhập"
    print(f"{verb}: " + (", ".join(f"{number} {kind}" for kind, number in report.added.items()) or "không có gì mới"))
    if report.same:
        print("đã có từ trước: " + ", ".join(f"{number} {kind}" for kind, number in report.same.items()))


def export(options: Namespace) -> None:
    """All that the unit and those below it hold is in the file; a failed export leaves no file behind."""
    if not options.file.name or (options.file.exists() and not options.file.is_file()) or not options.file.parent.is_dir():
        raise Refused(f"không ghi được vào “{options.file}”; nêu tên một tệp trong thư mục có thật")
    part = options.file.with_name(options.file.name + ".part")
    try:
        with operator("export", unit=options.unit) as session:
            unit = find_unit(session, options.unit)
            # The file holds every name in clear: only its owner may read it.
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                written, not_carried = export_unit(session, unit, file)
        part.replace(options.file)
    finally:
        part.unlink(missing_ok=True)
    for sentence in not_carried:
        print(sentence, file=sys.stderr)
    print("đã xuất: " + ", ".join(f"{number} {kind}" for kind, number in written.items()))


def due(options: Namespace) -> None:
    """The limit's last day, then how it was derived; by the installation's calendar, or the built-in one before `init`."""
    flags = [flag for flag in ("complex", "very_complex", "remote", "many_places") if getattr(options, flag)]
    if (instance_dir() / "secrets.json").exists():
        with operator("due") as session:
            calendar = load_calendar(session)
    else:
        calendar = SEED
    found = due_on(options.rule, options.date, calendar, flags)
    print(found.text)
    for line in derivation(found):
        print(line)


def report(options: Namespace) -> None:
    """One statutory form, as a table, JSON or a workbook."""
    if options.end < options.start:
        raise Refused("ngày cuối kỳ trước ngày đầu kỳ")
    with operator("report", form=options.form, unit=options.unit) as session:
        filled = fill(session, options.form, find_unit(session, options.unit), options.start, options.end, options.circular)
        if options.output:
            write_form(filled, options.output)
        rows = {key: {number: plain(value) for number, value in row.items()} for key, row in filled.rows.items()}
        _tell_broken(filled)
    if options.json:
        json.dump(rows, sys.stdout, ensure_ascii=False)
        print()
    elif not options.output:
        print("\t".join(["", *filled.form.numbers]))
        for key, row in rows.items():
            print("\t".join([key, *map(str, row.values())]))


def _tell_broken(filled: Filled) -> None:
    for broken in filled.broken:
        print(f"sai quy tắc: biểu {broken.form}, dòng {broken.row}: {broken.rule}", file=sys.stderr)
    if filled.missing:
        print("chưa nhập biểu: " + ", ".join(unit.code for unit in filled.missing), file=sys.stderr)


def account_add(options: Namespace) -> None:
    """A new account; its initial password is printed once."""
    with operator("account add", of=options.identifier) as session:
        account, password, advice = add_account(
            session, options.identifier, options.kind, find_unit(session, options.unit), options.role, options.manages, options.holder,
            options.document, confirmed_by="operator", id_number=options.holder_id,
        )  # fmt: skip
        make_minutes(session, "grant", account, options.document)
    for sentence in advice:
        print(f"lưu ý: {sentence}", file=sys.stderr)
    print(password)


def account_confirm(options: Namespace) -> None:
    """The account is confirmed by the operator; for when nobody who could is left."""
    with operator("account confirm", of=options.identifier) as session:
        confirm_by_operator(session, find_account(session, options.identifier))


def daily(_options: Namespace) -> None:
    """What has to happen every day has happened; safe to repeat. Prints a line for each thing done or to be worried about."""
    with operator("daily") as session:
        for line in run_daily(session):
            print(line)


def audit_seal(_options: Namespace) -> None:
    """Every entry of the audit trail has its place in the chain, and today's head is signed."""
    with operator("audit seal") as session:
        given = seal_pending(session)
        heads = _sign_today(session)
    print(f"đã niêm phong {given} mục" + "".join(f"; đầu chuỗi: {path}" for path in heads))


def _sign_today(session: Session) -> list[Path]:
    key = load_signing_key(audit_key_file())
    sign_head(session, key, datetime.now(UTC))
    session.commit()
    return export_heads(session, key, instance_dir() / HEADS)


def audit_verify(options: Namespace) -> None:
    """Nothing in the audit trail was changed, removed, swapped or put in afterwards. Raises Refused naming the first that was."""
    with operator("audit verify") as session:
        problems = list(verify(session, load_signing_key(audit_key_file()), options.heads or instance_dir() / HEADS))
        count, age = tail(session)
    for problem in problems:
        print(problem)
    print(f"chưa niêm phong: {count} mục" + (f", cũ nhất {int(age.total_seconds())} giây" if age is not None else ""))
    if problems:
        raise Refused(f"nhật ký không còn nguyên vẹn: {problems[0]}")
    print("nhật ký nguyên vẹn")


def audit_retire(_options: Namespace) -> None:
    """Entries older than AUDIT_RETENTION_MONTHS are gone, up to a signed head that stays; the trail tells of it first. Raises Refused for a broken chain."""
    before = datetime.now(UTC) - timedelta(days=365.25 / 12 * load()["AUDIT_RETENTION_MONTHS"])
    with operator("audit retire") as session:
        key = load_signing_key(audit_key_file())
        if problems := list(verify(session, key, instance_dir() / HEADS)):
            raise Refused(f"nhật ký không còn nguyên vẹn, không đóng phần nào: {problems[0]}")
        with as_owner(os.environ) as connection:
            place = closable(connection, before)
        if place is not None:
            audit.record_apart(session, "audit.retired", detail={"place": place, "before": before.date().isoformat()})
            seal_pending(session)
    if place is None:
        print(f"chưa có phần nào cũ hơn {load()['AUDIT_RETENTION_MONTHS']} tháng và đã có đầu chuỗi ký sau nó")
        return
    with as_owner(os.environ) as connection:
        print(f"đã đóng {close_segment(connection, place)} mục, đến vị trí {place}; đầu chuỗi đã ký của vị trí này được giữ lại")


def background(_options: Namespace) -> None:
    """What must go on beside serving goes on: the audit chain every few seconds, the daily work every six hours. Ends only when it is stopped."""
    daily_at = time.monotonic() + FIRST_DAILY
    with operator("background") as session:
        while True:
            seal_pending(session)
            session.commit()
            if time.monotonic() >= daily_at:
                _sign_today(session)  # first: whatever stops the rest does not leave the trail unsigned
                for line in run_daily(session):
                    print(line, flush=True)
                daily_at = time.monotonic() + BETWEEN_DAILY
            time.sleep(BETWEEN_SEALS)


def work(_options: Namespace) -> None:
    """What waits in documents is done: scanned, made ready to look at, read; who came to hold an account is looked for among respondents; a rotation of keys that
    was cut off goes on. Ends only when it is stopped."""
    with operator("work") as session:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that a folder in memory is emptied on the way out
        sweep(load()["MEMORY_DIR"])
        looked, next_look, left, next_left = datetime.now(UTC) - timedelta(days=1), 0.0, None, 0.0
        while True:
            if work_once(session):  # first: whatever stops the rest does not hold up documents
                continue
            session.expunge_all()
            if time.monotonic() >= next_look:
                now = datetime.now(UTC)
                look_again(session, looked)
                session.commit()
                looked, next_look = now - timedelta(minutes=1), time.monotonic() + BETWEEN_LOOKS_AGAIN  # what was committed late is not missed
            if left is None and time.monotonic() >= next_left:
                left, next_left = left_over(session, load()["FILES_DIR"]), time.monotonic() + BETWEEN_DAILY
            if left is None or next(left, None) is None:
                left = None
                time.sleep(BETWEEN_LOOKS)


def orphans_(options: Namespace) -> None:
    """Files of no document, and of writing that was cut off, a day old or more, are listed; gone where that was asked."""
    with operator("orphans", remove=options.remove) as session:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        found = orphans(load()["FILES_DIR"], lambda keys: set(session.scalars(select(Document.id).where(Document.id.in_(keys)))), yesterday.timestamp())
        found += unfinished(load()["FILES_DIR"], yesterday.timestamp())
        for path in found:
            print(path.name)
            if options.remove:
                path.unlink()
        if options.remove:
            audit.record(session, "command.run", detail={"command": "orphans", "removed": [path.name for path in found]})
    print(f"{len(found)} tệp không thuộc tài liệu nào{' đã xóa' if options.remove else ''}", file=sys.stderr)


def deploy_nginx(options: Namespace) -> None:
    """nginx's configuration for these settings is on standard output, or in the file."""
    text = nginx_configuration(os.environ)
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


def account_password(options: Namespace) -> None:
    """The account has the password read from standard input, as if its holder had set it."""
    try:
        password = sys.stdin.buffer.readline().decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise Refused("mật khẩu phải gõ bằng UTF-8", "password") from None
    with operator("account password", of=options.identifier) as session:
        set_password(session, find_account(session, options.identifier), password, by_holder=True)


def search_(options: Namespace) -> None:
    """The ids of the petitions that account would find, best first then newest."""
    with operator("search", as_account=options.identifier) as session:
        account = find_account(session, options.identifier)
        allowed, scope = permissions_and_scope(session, account)
        numbers = []
        if ("can_read", "Petitions") in allowed:
            enter(session, replace(scope, name="system:search"))
            found = search(session, " ".join(options.words))
            numbers = [petition.number for petition in found.petitions]
            if found.stopped:
                print(f"cụm từ chỉ tìm trong {CHECKED} đơn mới nhất có đủ các từ; thêm từ để thu hẹp", file=sys.stderr)
    for number in numbers:
        print(number)


def normalize_(_options: Namespace) -> None:
    """Standard input, in any supported encoding, is on standard output as TCVN 6909 text."""
    sys.stdout.buffer.write(decode(sys.stdin.buffer.read()).text.encode())
