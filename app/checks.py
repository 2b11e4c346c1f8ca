"""What is looked at before serving and by `check`: one function a check, one row a function in CHECKS."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.clock import VIETNAM
from app.database import application_url, read_secrets
from app.files.memory import NoMemoryFolder
from app.files.memory import check as check_memory
from app.installation import check_serving, is_leakproof
from app.law.documents import AT_WORK
from app.models import Document, Job
from app.models.job import WAITING
from app.operations.documents import state as document_state
from app.operations.secrecy.levels import network_line
from app.security import audit, scope
from app.security.audit_heads import load_signing_key
from app.security.key_place import wrapping_key
from app.security.keys import KeyTrouble, load_ring
from app.security.tables import audit_entries, recovery_keys
from app.security.trust import Trust, read_trust
from config import DEFAULTS, ConfigError, audit_key_file, instance_dir, load

OK = "ok"
WARN = "warn"
FAIL = "fail"
# MB on a disk: below the first nothing is begun, below the second it is told
LEAST_FREE = 256
LITTLE_FREE = 2048
LEAST_MEMORY_FOLDER = 256  # MB: a large scan and its pages
CLOCKS_APART = timedelta(seconds=30)
TRAIL_AHEAD = timedelta(minutes=1)
TOLD_ALWAYS = frozenset({"network"})  # what holds here is said at every start
WAITED_LONG = timedelta(hours=1)  # a document that long in the queue
CERTIFICATE_ALARM = timedelta(days=30)
SCANNER_PATIENCE = 5.0  # seconds

Found = tuple[str, str]  # ok, warn or fail, and a sentence


@dataclass(frozen=True)
class Machine:
    """What the checks look at."""

    environ: Mapping[str, str]
    settings: Mapping[str, Any]
    engine: Engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that sees everything; nothing of it is kept."""
        scope.install()
        with Session(self.engine) as session:
            scope.enter(session, scope.system_scope("check"))
            yield session


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%H:%M %d/%m/%Y}"


def database(machine: Machine) -> Found:
    """PostgreSQL answers."""
    with machine.engine.connect() as connection:
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
    return OK, f"PostgreSQL {version} trả lời"


def roles(machine: Machine) -> Found:
    """The schema is this version's and the role is bound by row security. Raises NotInitialised."""
    check_serving(machine.engine)
    if not is_leakproof(machine.engine):
        return (
            FAIL,
            "hai hàm tìm kiếm chưa có dấu leakproof, tìm kiếm sẽ rất chậm; chạy “run.py init” bằng superuser",
        )
    return OK, "lược đồ đúng phiên bản; vai trò của ứng dụng chịu bảo mật dòng"


def keys(machine: Machine) -> Found:
    """The keys are there, readable by their owner only, and open what they should. Raises KeyTrouble, ConfigError."""
    read_secrets(instance_dir(machine.environ))
    load_ring(machine.engine, wrapping_key(machine.environ))
    load_signing_key(audit_key_file(machine.environ))
    with machine.session() as session:
        if session.scalar(select(recovery_keys.c.id).limit(1)) is None:
            return (
                WARN,
                "khóa đủ và đúng, nhưng chưa in mảnh khôi phục: mất tệp khóa là mất dữ liệu; chạy “run.py keys shares”",
            )
    return OK, "khóa đủ, đúng và chỉ chủ đọc được"


def folders(machine: Machine) -> Found:
    """The application can write where it has to; what is in memory stays there. Raises NoMemoryFolder."""
    for folder in (instance_dir(machine.environ), Path(machine.settings["FILES_DIR"])):
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
            return (
                FAIL,
                f"không ghi được vào {folder}; sửa quyền thư mục, hoặc gắn lại ổ đĩa cho ghi",
            )
    memory = check_memory(machine.settings["MEMORY_DIR"])
    if not os.access(memory, os.W_OK | os.X_OK):
        return FAIL, f"không ghi được vào thư mục bộ nhớ {memory}; đặt MEMORY_DIR khác"
    if (size := shutil.disk_usage(memory).total >> 20) < LEAST_MEMORY_FOLDER:
        return (
            WARN,
            f"thư mục bộ nhớ {memory} chỉ có {size} MB; tăng lên ít nhất {LEAST_MEMORY_FOLDER} MB cho tệp lớn",
        )
    return OK, "ghi được vào thư mục dữ liệu và thư mục bộ nhớ"


def disk(machine: Machine) -> Found:
    """There is room for what will be written."""
    folder = instance_dir(machine.environ)
    free = shutil.disk_usage(folder).free >> 20
    if free < LEAST_FREE:
        return (
            FAIL,
            f"ổ đĩa của {folder} chỉ còn {free} MB trống; dọn bớt (cần ít nhất {LEAST_FREE} MB)",
        )
    return (WARN if free < LITTLE_FREE else OK), f"ổ đĩa của {folder} còn {free} MB trống"


def clock(machine: Machine) -> Found:
    """The clocks of the application and of PostgreSQL agree, and nothing in the trail lies ahead of them."""
    with machine.session() as session:
        newest = session.scalar(select(func.max(audit_entries.c.at)))
        theirs = session.scalars(select(func.clock_timestamp())).one()
    moment = datetime.now(UTC)
    if newest is not None and newest > moment + TRAIL_AHEAD:
        return (
            FAIL,
            f"nhật ký có mục ghi lúc {_told(newest)}, sau giờ máy lúc này: đồng hồ đã bị lùi; chỉnh lại (NTP)",
        )
    if abs(theirs - moment) > CLOCKS_APART:
        return (
            FAIL,
            f"đồng hồ máy này và PostgreSQL lệch {abs(theirs - moment).total_seconds():.0f} giây; chỉnh lại (NTP)",
        )
    return OK, f"đồng hồ máy và PostgreSQL cùng chỉ {moment.astimezone(VIETNAM):%H:%M:%S %d/%m/%Y}"


def queue(machine: Machine) -> Found:
    """No document and no job has waited long."""
    with machine.session() as session:
        query = select(func.count(), func.min(Document.uploaded_at)).where(Document.state.in_(AT_WORK))
        number, oldest = session.execute(query).one()
        jobs = select(func.count(), func.min(Job.asked_at)).where(Job.state == WAITING)
        asked, first = session.execute(jobs).one()
    if first is not None and first < datetime.now(UTC) - WAITED_LONG:
        return WARN, f"{asked} việc dài đang chờ, cũ nhất từ {_told(first)}; xem run.py jobs có chạy không"
    if oldest is not None and oldest < datetime.now(UTC) - WAITED_LONG:
        return (
            WARN,
            f"{number} tài liệu đang chờ, cũ nhất từ {_told(oldest)}; xem run.py work có chạy không",
        )
    return OK, f"{number} tài liệu đang chờ xử lý"


def scanner(machine: Machine) -> Found:
    """clamd answers."""
    path = machine.settings["CLAMD_SOCKET"]
    if not path:
        return WARN, "chưa cấu hình bộ quét mã độc; cài clamav-daemon và đặt CLAMD_SOCKET"
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(SCANNER_PATIENCE)
            line.connect(path)
            line.sendall(b"zVERSION\0")
            answer = line.recv(200).rstrip(b"\0\n").decode("utf-8", "replace")
    except OSError as trouble:
        return FAIL, f"bộ quét mã độc ở {path} không trả lời ({trouble.strerror or 'quá lâu'}); khởi động clamav-daemon"
    return OK, f"bộ quét mã độc trả lời: {answer}"


def documents(machine: Machine) -> Found:
    """Documents are opened apart, and outside the demonstration none is used unscanned."""
    with machine.session() as session:
        if found := list(document_state.problems(session, machine.settings)):
            return FAIL, "; ".join(found)
        if troubles := document_state.start_lines(session, machine.settings):
            return WARN, "; ".join(troubles)
    return OK, "tài liệu được mở riêng, quét đủ và không tệp nào phải chờ"


def network(machine: Machine) -> Found:
    """What this network may hold is told."""
    return OK, network_line(machine.settings["NETWORK_SECRECY"])


def last_backup(_machine: Machine) -> Found:
    """There is a fresh backup."""
    return WARN, "chưa có sao lưu"


def crls(machine: Machine) -> Found:
    """Every authority has a list of revoked certificates that has not run out."""
    trust = _trust(machine)
    if trust is None:
        return OK, "không dùng thiết bị lưu khóa"
    moment = datetime.now(UTC)
    alarm = moment + timedelta(days=machine.settings["CRL_ALARM_DAYS"])
    ends = trust.crl_ends()
    if gone := [name for name, end in ends if end is None or end < moment]:
        return (
            FAIL,
            f"danh sách thu hồi thiếu hoặc hết hạn, không ai vào bằng thiết bị: {'; '.join(gone)}; sửa TOKEN_CRL_FILE",
        )
    if soon := [f"{name} ({_told(end)})" for name, end in ends if end is not None and end < alarm]:
        return WARN, f"danh sách thu hồi sắp hết hạn: {'; '.join(soon)}"
    return OK, "mọi danh sách thu hồi còn hạn"


def certificates(machine: Machine) -> Found:
    """Authorities of tokens and the server's own certificate are valid today and for a month to come."""
    trust = _trust(machine)
    moment = datetime.now(UTC)
    named = [] if trust is None else [*trust.roots, *trust.issuing]
    if trust is not None and not [found for found in named if found.not_valid_after_utc > moment]:
        return (
            FAIL,
            "mọi chứng thư trong TOKEN_CA_FILE đã hết hạn, không ai vào bằng thiết bị được; lấy bản mới của nơi cấp",
        )
    if path := machine.environ.get("TLS_CERTIFICATE"):
        own = x509.load_pem_x509_certificates(Path(path).read_bytes())
        if own[0].not_valid_after_utc < moment:
            return FAIL, f"chứng thư của máy chủ {path} đã hết hạn; xin cấp lại"
        named += own
    ends = sorted((found.not_valid_after_utc, found.subject.rfc4514_string()) for found in named)
    if ends and ends[0][0] < moment + CERTIFICATE_ALARM:
        return WARN, f"chứng thư hết hạn ngày {ends[0][0].astimezone(VIETNAM):%d/%m/%Y}: {ends[0][1]}"
    return OK, "chứng thư còn hạn" if named else "không dùng chứng thư"


def _trust(machine: Machine) -> Trust | None:
    path = machine.settings["TOKEN_CA_FILE"]
    revoked = machine.settings["TOKEN_CRL_FILE"]
    return read_trust(Path(path), Path(revoked) if revoked else None, None) if path else None


# name, what looks, whether serving is refused where it fails
CHECKS: tuple[tuple[str, Callable[[Machine], Found], bool], ...] = (
    ("database", database, True),
    ("roles", roles, True),
    ("keys", keys, True),
    ("folders", folders, True),
    ("disk", disk, True),
    ("clock", clock, False),
    ("queue", queue, False),
    ("scanner", scanner, False),
    ("documents", documents, False),
    ("network", network, False),
    ("last_backup", last_backup, False),
    ("crls", crls, False),
    ("certificates", certificates, True),
)


def examine(environ: Mapping[str, str]) -> dict[str, Found]:
    """What each check found, in the table's order; its being run stands in the trail. Raises ConfigError where `init`
    has not run.
    """
    options = DEFAULTS["SQLALCHEMY_ENGINE_OPTIONS"]
    engine = create_engine(application_url(environ), **options)
    try:
        machine = Machine(environ, load(environ), engine)
        found = {name: _looked(look, machine) for name, look, _ in CHECKS}
        if found["roles"][0] == OK:
            with machine.session() as session:
                audit.record_apart(session, "command.run", detail={"command": "check"})
        return found
    finally:
        engine.dispose()


def _looked(look: Callable[[Machine], Found], machine: Machine) -> Found:
    try:
        return look(machine)
    except (ConfigError, KeyTrouble, NoMemoryFolder) as trouble:
        return FAIL, str(trouble)
    except DBAPIError:
        return (
            FAIL,
            "không hỏi được cơ sở dữ liệu; kiểm tra DATABASE_URL, máy chủ PostgreSQL, và đã chạy “run.py init” chưa",
        )
    except OSError as trouble:
        return FAIL, f"không đọc được {trouble.filename} ({trouble.strerror})"
    except ValueError:
        return (
            FAIL,
            "tệp phải là PEM mà không đọc được; kiểm tra TOKEN_CA_FILE, TOKEN_CRL_FILE, TLS_CERTIFICATE",
        )


def before_serving(environ: Mapping[str, str]) -> list[str]:
    """What whoever serves should know. Raises ConfigError for what would fail sooner or later, in one line."""
    found = examine(environ)
    if fatal := [found[name][1] for name, _, refuses in CHECKS if refuses and found[name][0] == FAIL]:
        raise ConfigError("không chạy: " + "; ".join(dict.fromkeys(fatal)))
    return [sentence for name, (state, sentence) in found.items() if state != OK or name in TOLD_ALWAYS]
