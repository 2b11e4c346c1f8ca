"""The commands of the exchange contract.

What is wrong goes to standard error in one line; exit 0 only when all that was asked is done.
"""

import argparse
import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

from app import vietnamese_argparse
from app.text.tcvn6909 import without_controls
from app.text.typed import Unreadable, whole, within
from config import ConfigError, instance_dir

# Exceptions whose message is a sentence for the operator. By name: a command that cannot raise one does not load what
# defines it.
TROUBLE = (
    "app.operations.refusal:Refused",
    "app.files.memory:NoMemoryFolder",
    "app.security.keys:KeyTrouble",
    "app.law.deadlines:NoSuchRule",
    "app.law.forms.registry:NoSuchForm",
    "app.text.tcvn6909:Undecidable",
)
BEFORE_INIT = ("init", "due", "normalize", "deploy", "keys", None)  # what can be asked where `init` has not run


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Says what is wrong and ends with status 2."""
        self.exit(2, f"{self.prog}: {message}; xem {self.prog} --help\n")


def _day(text: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return within(date.fromisoformat(text))
    except Unreadable as trouble:
        raise argparse.ArgumentTypeError(str(trouble)) from None
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"“{text[:40]}” không phải ngày có thật, viết YYYY-MM-DD")


def _number(most: int, least: int = 0) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            return whole(text, least, most)
        except Unreadable as trouble:
            raise argparse.ArgumentTypeError(str(trouble)) from None

    return read


# Command, what it does, what runs it; in the order of --help. What a command takes stands in ARGUMENTS.
COMMANDS = (
    ("init", "tạo hoặc nâng cấp cơ sở dữ liệu, vai trò, quyền; chạy lại không hại", "installing:init"),
    ("check", "kiểm tra máy: cơ sở dữ liệu, khóa, ổ đĩa, bộ quét, sao lưu, chứng thư …", "installing:check"),
    ("normalize", "đọc văn bản ở đầu vào, ghi ra theo TCVN 6909 (NFC)", "light:normalize_"),
    ("demo", "nạp dữ liệu trình diễn (không có người thật)", "installing:demo"),
    ("import", "nhập tệp trao đổi (.jsonl) hoặc sổ Excel (.xlsx, .csv)", "exchange:import_"),
    ("export", "xuất mọi thứ của một đơn vị và các đơn vị dưới nó ra tệp trao đổi", "exchange:export"),
    ("due", "tính hạn: dòng đầu là ngày cuối, sau đó là cách tính", "law:due"),
    ("receipt", "mã tra cứu trên phiếu tiếp nhận của một đơn; đơn chưa có thì tạo", "reports:receipt"),
    ("report", "lập một biểu theo thông tư có hiệu lực vào ngày cuối kỳ", "reports:report"),
    ("account", "cấp tài khoản, đặt mật khẩu, xác nhận", "accounts:account_add"),
    ("audit", "chuỗi niêm phong của nhật ký", "trail:audit_verify"),
    ("background", "việc chạy nền khi phục vụ; run.py tự chạy lệnh này", "serving:background"),
    ("work", "quét, làm bản xem, đọc chữ các tài liệu đang chờ; run.py tự chạy lệnh này", "serving:work"),
    ("jobs", "chạy các việc dài đang chờ (xuất, nhập, lập biểu, tính lại); run.py tự chạy lệnh này", "queue:jobs"),
    ("job", "làm một việc trong hàng đợi; run.py jobs tự chạy lệnh này", "jobs:job"),
    ("daily", "việc hằng ngày: dừng tài khoản lâu không dùng, báo danh sách thu hồi sắp hết hạn", "serving:daily"),
    ("orphans", "tệp niêm phong không thuộc tài liệu nào (tải lên dở dang từ hôm trước)", "serving:orphans_"),
    ("deploy", "sinh tệp cấu hình", "light:deploy_nginx"),
    (
        "rotate-keys",
        "khóa dữ liệu mới; niêm phong lại mọi giá trị trong khi mọi người vẫn làm việc",
        "keys:rotate_keys",
    ),
    ("keys", "mảnh khôi phục của khóa, dựng lại khóa, chuyển khóa vào thiết bị", "keys:keys_shares"),
    ("similar", "các đơn có thể là một đơn được gửi lại, mỗi dòng “điểm mã”, giống nhất trước", "reports:similar"),
    ("search", "mã các đơn mà tài khoản sẽ tìm thấy", "reports:search_"),
)


def parser() -> Parser:
    """The command line's grammar."""
    top = Parser(
        prog="run.py", description="Đơn thư: tiếp nhận, xử lý, giải quyết, thống kê đơn. Không có lệnh: chạy ứng dụng."
    )
    sub = top.add_subparsers(dest="command", metavar="LỆNH", parser_class=Parser)
    for name, purpose, run in COMMANDS:
        made = sub.add_parser(name, help=purpose, description=purpose)
        made.set_defaults(run=f"app.commands.{run}")
        if name in ARGUMENTS:
            ARGUMENTS[name](made)
    return top


def _check(check: argparse.ArgumentParser) -> None:
    help_ = "in {tên: {state: ok, warn hoặc fail; sentence: câu giải thích}}"
    check.add_argument("--json", action="store_true", help=help_)


def _export(save: argparse.ArgumentParser) -> None:
    save.add_argument("file", type=Path, metavar="TỆP")
    save.add_argument("--unit", required=True, metavar="MÃ")


def _due(due: argparse.ArgumentParser) -> None:
    due.add_argument("rule", metavar="QUY_TẮC")
    due.add_argument("date", type=_day, metavar="NGÀY")
    for flag in ("complex", "very-complex", "remote", "many-places", "dismissal"):
        due.add_argument(f"--{flag}", action="store_true")


def _job(job: argparse.ArgumentParser) -> None:
    job.add_argument("key", type=UUID, metavar="MÃ")


def _orphans(orphans: argparse.ArgumentParser) -> None:
    help_ = "xóa các tệp đó; chỉ dùng khi chắc cơ sở dữ liệu đang dùng là đúng và đủ"
    orphans.add_argument("--remove", action="store_true", help=help_)


def _search(search: argparse.ArgumentParser) -> None:
    search.add_argument("words", nargs="+", metavar="TỪ")
    search.add_argument("--as", dest="identifier", required=True, metavar="TÀI_KHOẢN")


def _deploy(deploy: argparse.ArgumentParser) -> None:
    sub = deploy.add_subparsers(dest="what", metavar="nginx", required=True, parser_class=Parser)
    nginx = sub.add_parser("nginx", help="cấu hình nginx theo các biến môi trường hiện có")
    nginx.add_argument("-o", dest="output", type=Path, metavar="TỆP")
    nginx.set_defaults(run="app.commands.light:deploy_nginx")


def _rotate(rotate: argparse.ArgumentParser) -> None:
    rotate.add_argument(
        "--new", action="store_true", help="tạo khóa mới dù còn giá trị chưa niêm phong lại (ví dụ giá trị hỏng)"
    )
    rotate.add_argument(
        "--at-once",
        action="store_true",
        help="không chờ các tiến trình đang phục vụ nhận khóa mới (khi không có tiến trình nào)",
    )


def _demo(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("--petitions", type=_number(1_000_000), default=2000, metavar="N", help="số đơn (mặc định 2000)")
    help_ = "hạt giống; cùng hạt giống cho cùng dữ liệu"
    demo.add_argument("--seed", type=_number(10**9), default=1, metavar="S", help=help_)
    demo.add_argument("--if-empty", action="store_true", help="không làm gì nếu đã có dữ liệu")


def _import(load: argparse.ArgumentParser) -> None:
    load.add_argument("file", type=Path, metavar="TỆP")
    load.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra, không ghi gì")
    load.add_argument("--unit", metavar="MÃ", help="đơn vị của sổ Excel không có cột đơn vị")
    load.add_argument("--encoding", metavar="BẢNG_MÃ", help="bảng mã của tệp .csv, nếu phần mềm không tự nhận ra")
    load.add_argument("--anonymous", action="store_true", help="sổ không có cột họ tên: nhập tất cả là đơn nặc danh")
    load.add_argument(
        "--good", type=Path, metavar="TỆP.xlsx", help="nhập các dòng đúng của sổ, ghi các dòng có lỗi ra tệp này"
    )
    load.add_argument("--receptions", action="store_true", help="sổ tiếp công dân, không phải sổ đơn")
    load.add_argument(
        "--closed", metavar="NƠI", help="hồ sơ trong sổ đã xong trước khi dùng phần mềm; nơi có kết quả, ví dụ tên sổ"
    )
    load.add_argument("--again", action="store_true", help="nhập lại tệp đã nhập")


def _report(report: argparse.ArgumentParser) -> None:
    report.add_argument("form", metavar="BIỂU")
    report.add_argument("--unit", required=True, metavar="MÃ")
    report.add_argument("--from", dest="start", type=_day, required=True, metavar="NGÀY")
    report.add_argument("--to", dest="end", type=_day, required=True, metavar="NGÀY")
    report.add_argument("--circular", metavar="SỐ")
    report.add_argument("--json", action="store_true", help="in {đơn vị hoặc total: {cột: số}}")
    report.add_argument("-o", dest="output", type=Path, metavar="TỆP.xlsx")


def _audit(audit: argparse.ArgumentParser) -> None:
    sub = audit.add_subparsers(dest="verb", metavar="verify|seal|retire|new-key", required=True, parser_class=Parser)
    check = sub.add_parser(
        "verify", help="đi hết chuỗi; nêu mục đầu tiên bị sửa, xóa, đổi chỗ, chèn thêm; nguyên vẹn thì ký đầu chuỗi"
    )
    check.add_argument(
        "--heads", type=Path, metavar="THƯ_MỤC", help="thư mục chứa các đầu chuỗi đã ký được cất ở nơi khác"
    )
    check.set_defaults(run="app.commands.trail:audit_verify")
    seal = sub.add_parser("seal", help="niêm phong ngay các mục mới và ký đầu chuỗi")
    seal.set_defaults(run="app.commands.trail:audit_seal")
    retire = sub.add_parser(
        "retire", help="đóng phần nhật ký quá thời hạn lưu (AUDIT_RETENTION_MONTHS, không dưới 12 tháng)"
    )
    retire.set_defaults(run="app.commands.trail:audit_retire")
    renew = sub.add_parser("new-key", help="khóa ký đầu chuỗi mới, khi khóa cũ đã mất và không có bản sao lưu")
    renew.set_defaults(run="app.commands.trail:audit_new_key")


def _keys(keys: argparse.ArgumentParser) -> None:
    sub = keys.add_subparsers(dest="verb", metavar="shares|rebuild|move", required=True, parser_class=Parser)
    shares = sub.add_parser("shares", help="in các mảnh khôi phục, một lần")
    shares.add_argument("--of", type=_number(255), default=5, metavar="N", help="số mảnh (mặc định 5)")
    shares.add_argument("--need", type=_number(255), default=3, metavar="M", help="số mảnh đủ để dựng lại (mặc định 3)")
    shares.add_argument("--renew", action="store_true", help="làm bộ mới; bộ đã in hết giá trị")
    shares.set_defaults(run="app.commands.keys:keys_shares")
    sub.add_parser("rebuild", help="đọc các mảnh ở đầu vào, mỗi mảnh một dòng, và dựng lại khóa").set_defaults(
        run="app.commands.keys:keys_rebuild"
    )
    move = sub.add_parser("move", help="chuyển khóa từ tệp vào thiết bị lưu khóa đã cấu hình")
    move.add_argument("file", type=Path, metavar="TỆP_KHÓA")
    move.set_defaults(run="app.commands.keys:keys_move")


def _account(account: argparse.ArgumentParser) -> None:
    sub = account.add_subparsers(dest="verb", metavar="add|password|confirm", required=True, parser_class=Parser)
    add = sub.add_parser("add", help="cấp tài khoản, in mật khẩu ban đầu")
    add.add_argument("identifier", metavar="TÊN")
    add.add_argument("--kind", required=True, choices=["admin", "manager", "user"])
    add.add_argument("--unit", required=True, metavar="MÃ")
    add.add_argument("--role", action="append", default=[], metavar="VAI_TRÒ")
    add.add_argument("--manages", action="append", default=[], metavar="TÊN")
    add.add_argument("--holder", default="", metavar="HỌ_TÊN")
    add.add_argument(
        "--holder-id", default="", metavar="SỐ_ĐỊNH_DANH", help="số định danh cá nhân của người giữ; chỉ lưu mã băm"
    )
    add.add_argument("--document", dest="paper", metavar="SỐ", help="văn bản cho phép cấp ngoài quy định")
    add.set_defaults(run="app.commands.accounts:account_add")
    password = sub.add_parser("password", help="đọc mật khẩu mới ở đầu vào, đặt như chủ tài khoản đã đổi")
    password.add_argument("identifier", metavar="TÊN")
    password.set_defaults(run="app.commands.accounts:account_password")
    confirm = sub.add_parser("confirm", help="xác nhận tài khoản khi không còn ai có quyền xác nhận")
    confirm.add_argument("identifier", metavar="TÊN")
    confirm.set_defaults(run="app.commands.accounts:account_confirm")


def _receipt(made: argparse.ArgumentParser) -> None:
    made.add_argument("petition", metavar="SỐ_ĐƠN")


def _similar(made: argparse.ArgumentParser) -> None:
    made.add_argument("petition", nargs="?", metavar="SỐ_ĐƠN")
    made.add_argument("--all", action="store_true", help="so mọi đơn; in JSON {mã: [[điểm, mã], …]}")


ARGUMENTS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "check": _check,
    "demo": _demo,
    "import": _import,
    "export": _export,
    "due": _due,
    "receipt": _receipt,
    "report": _report,
    "account": _account,
    "audit": _audit,
    "job": _job,
    "orphans": _orphans,
    "deploy": _deploy,
    "rotate-keys": _rotate,
    "keys": _keys,
    "similar": _similar,
    "search": _search,
}


def _loaded(*names: str) -> tuple[type[BaseException], ...]:
    """The exceptions of that name, `module:class`, of modules that are loaded; nobody can have raised the others."""
    places = [name.split(":") for name in names]
    return tuple(getattr(sys.modules[module], kind) for module, kind in places if module in sys.modules)


def _told_in_a_sentence() -> tuple[type[BaseException], ...]:
    return (ConfigError, *_loaded(*TROUBLE))


def _named(name: str) -> Callable[..., Any]:
    """The function of that name, `module:function`, its module loaded now."""
    module, function = name.split(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def _run(options: argparse.Namespace) -> int:
    if options.command not in BEFORE_INIT:
        # says at once that `init` has not run, before the application is loaded
        _named("app.database:read_secrets")(instance_dir())
    if options.command is None:
        status: int = _named("app.serve:serve")(os.environ)
        return status
    _named(options.run)(options)
    return 0


def _said(sentence: str) -> int:
    print(f"run.py: {_named('app.text.tcvn6909:normalize_line')(sentence)[:500]}", file=sys.stderr)
    return 1


def main(arguments: Sequence[str]) -> int:
    """Runs the command and returns its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    vietnamese_argparse.install()
    if any(without_controls(argument) != argument for argument in arguments):
        print("run.py: tham số có ký tự không đọc được; gõ lại bằng Unicode (UTF-8)", file=sys.stderr)
        return 2
    options = parser().parse_args(arguments)
    try:
        return _run(options)
    except _told_in_a_sentence() as trouble:
        for problem in getattr(trouble, "problems", ()):  # of a register: every row's, before the sentence on all
            print(_named("app.text.tcvn6909:normalize_line")(problem))
        return _said(str(trouble))
    except _loaded("sqlalchemy.exc:OperationalError", "psycopg:OperationalError"):
        return _said("không kết nối được cơ sở dữ liệu; kiểm tra DATABASE_URL và máy chủ PostgreSQL")
    except _loaded("sqlalchemy.exc:DBAPIError", "psycopg:Error"):
        return _said("cơ sở dữ liệu không nhận thao tác này; nếu vừa đổi phiên bản, chạy “run.py init”")
    except _loaded("xlsxwriter.exceptions:FileCreateError") as trouble:
        return _said(f"không ghi được tệp: {trouble}")
    except BrokenPipeError:
        return 1
    except OSError as trouble:
        return _said(f"không đọc hoặc ghi được “{trouble.filename}” ({trouble.strerror})")
