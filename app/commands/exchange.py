"""The commands that take files in and give them out."""

import os
import sys
from argparse import Namespace

from sqlalchemy.orm import Session

from app.clock import today
from app.commands.operator import operator
from app.installation import analyse
from app.operations.exchange.file_in import Report, import_file
from app.operations.exchange.file_out import export_unit
from app.operations.exchange.register_headings import HEADING_OF
from app.operations.exchange.register_in import RegisterFile, import_register
from app.operations.exchange.register_left_out import write_left_out
from app.operations.exchange.register_receptions import HEADINGS, import_receptions
from app.operations.refusal import Refused
from app.operations.units import find_unit

# The last three are refused, by a sentence that says how to save them.
REGISTERS = (".xlsx", ".csv", ".xls", ".xlsm", ".ods")


def import_(options: Namespace) -> None:
    """The file is imported whole, or not at all."""
    if not options.file.is_file():
        raise Refused(f"không có tệp {options.file}")
    with operator("import", file=options.file.name, dry_run=options.dry_run) as session:
        if options.file.suffix.lower() in REGISTERS:
            report = _import_register(session, options)
        elif given := [name for name in ("good", "closed", "receptions") if getattr(options, name)]:
            name = f"--{given[0]}"
            raise Refused(f"{name} chỉ dùng cho sổ Excel; tệp trao đổi được nhập nguyên vẹn hoặc không nhập")
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


def _import_register(session: Session, options: Namespace) -> Report:
    file = options.file
    good_only = options.good is not None
    told = (options.unit, options.encoding, options.anonymous, good_only, options.closed or "")
    register = RegisterFile(file.read_bytes(), file.name, *told)
    try:
        taken = import_receptions if options.receptions else import_register
        report = taken(session, register, today(), again=options.again)
    except Refused as refused:
        if refused.field in ("anonymous", "again"):
            raise Refused(f"{refused.message}; nếu đúng như vậy, thêm --{refused.field}") from None
        raise
    if report.left_out and not options.dry_run:
        # It holds names in clear: only its owner may read it.
        with os.fdopen(os.open(options.good, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            write_left_out(report.left_out, target, HEADINGS if options.receptions else HEADING_OF)
        print(f"chưa nhập {len(report.left_out)} dòng có lỗi; các dòng đó ở {options.good}", file=sys.stderr)
    return report


def export(options: Namespace) -> None:
    """All that the unit and those below it hold is in the file; a failed export leaves no file behind."""
    if (
        not options.file.name
        or (options.file.exists() and not options.file.is_file())
        or not options.file.parent.is_dir()
    ):
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
