"""The commands of the audit trail."""

import os
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from app.commands.operator import operator
from app.installation import as_owner
from app.operations.refusal import Refused
from app.security import audit
from app.security.audit_chain import export_heads, load_signing_key, seal_pending, sign_head, tail, verify
from app.security.audit_retention import closable, close_segment
from config import audit_key_file, instance_dir, load

HEADS = "audit-heads"  # signed heads of the audit chain, in INSTANCE_DIR: to be copied elsewhere


def audit_seal(_options: Namespace) -> None:
    """Every entry of the audit trail has its place in the chain, and today's head is signed."""
    with operator("audit seal") as session:
        given = seal_pending(session)
        heads = sign_today(session)
    print(f"đã niêm phong {given} mục" + "".join(f"; đầu chuỗi: {path}" for path in heads))


def sign_today(session: Session) -> list[Path]:
    """Today's head is signed and committed; the files that are new."""
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
