"""The commands of the audit trail."""

import os
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from app.commands.operator import operator
from app.installation import as_owner
from app.operations.refusal import Refused
from app.security import audit
from app.security.audit_chain import keep, since, tail, verify
from app.security.audit_heads import export_heads, load_signing_key, replace_signing_key
from app.security.audit_retention import closable, close_segment
from config import audit_key_file, instance_dir, load

HEADS = "audit-heads"  # signed heads of the audit chain, in INSTANCE_DIR: to be copied elsewhere


def audit_seal(_options: Namespace) -> None:
    """Every entry of the audit trail has its place in the chain, and the head is signed."""
    key = load_signing_key(audit_key_file())
    with operator("audit seal") as session:
        given, heads = keep_chain(session, key, anew=True)
    print(f"đã niêm phong {given} mục" + "".join(f"; đầu chuỗi: {path}" for path in heads))


def keep_chain(session: Session, key: Ed25519PrivateKey, anew: bool = False) -> tuple[int, list[Path]]:
    """Every entry has its place and the head its signature; how many were given a place, and the files that are new."""
    return keep(session, key, datetime.now(UTC), instance_dir() / HEADS, anew)


def audit_verify(options: Namespace) -> None:
    """Nothing in the trail was changed or put in afterwards; its head is signed. Raises Refused naming the first."""
    key = load_signing_key(audit_key_file())
    with operator("audit verify") as session:
        if options.heads is None:
            export_heads(session, key, instance_dir() / HEADS)  # files that were cut off or lost are there again
        problems = list(verify(session, key, options.heads or instance_dir() / HEADS))
        count, age = tail(session)
        heads = [] if problems else keep_chain(session, key, anew=True)[1]
        news = [] if problems else [f"đầu chuỗi vừa ký: {path}" for path in heads] + since(session)
    for line in problems + news:
        print(line)
    print(f"chưa niêm phong: {count} mục" + (f", cũ nhất {int(age.total_seconds())} giây" if age is not None else ""))
    if problems:
        raise Refused(f"nhật ký không còn nguyên vẹn: {problems[0]}")
    print("nhật ký nguyên vẹn")


def audit_new_key(_options: Namespace) -> None:
    """The lost key that signs heads is followed by a new one, which signs for it; told in the trail."""
    with operator("audit new-key") as session:
        followed = replace_signing_key(session, audit_key_file(), instance_dir() / HEADS)
        session.commit()
        keep_chain(session, load_signing_key(audit_key_file()), anew=True)
    where = audit_key_file()
    print(f"đã tạo khóa ký nhật ký mới ở {where}, nối tiếp {followed} khóa cũ; sao lưu tệp này ngay, cất ngoài máy")


def audit_retire(_options: Namespace) -> None:
    """Entries older than AUDIT_RETENTION_MONTHS are gone, up to a signed head that stays; the trail tells of it first.

    Raises Refused for a broken chain.
    """
    before = datetime.now(UTC) - timedelta(days=365.25 / 12 * load()["AUDIT_RETENTION_MONTHS"])
    key = load_signing_key(audit_key_file())
    with operator("audit retire") as session:
        if problems := list(verify(session, key, instance_dir() / HEADS)):
            raise Refused(f"nhật ký không còn nguyên vẹn, không đóng phần nào: {problems[0]}")
        with as_owner(os.environ) as connection:
            place = closable(connection, before)
        if place is not None:
            audit.record_apart(session, "audit.retired", detail={"place": place, "before": before.date().isoformat()})
            keep_chain(session, key)
    if place is None:
        print(f"chưa có phần nào cũ hơn {load()['AUDIT_RETENTION_MONTHS']} tháng và đã có đầu chuỗi ký sau nó")
        return
    with as_owner(os.environ) as connection:
        print(
            f"đã đóng {close_segment(connection, place)} mục, đến vị trí {place}; đầu chuỗi đã ký của vị trí này được"
            " giữ lại"
        )
