"""The commands that compute and find."""

import json
import sys
from argparse import Namespace
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.commands.operator import operator
from app.models import Petition
from app.operations.accounts.accounts import find_account
from app.operations.petitions.receipts import receipt_of
from app.operations.petitions.similar import every_pair, similar_to
from app.operations.refusal import Refused
from app.operations.search import CHECKED, search
from app.operations.units import find_unit
from app.reporting.filling import Filled, fill, plain
from app.reporting.workbook import write_form
from app.security.account_scope import permissions_and_scope
from app.security.scope import enter


def report(options: Namespace) -> None:
    """One statutory form, as a table, JSON or a workbook."""
    if options.end < options.start:
        raise Refused("ngày cuối kỳ trước ngày đầu kỳ")
    with operator("report", form=options.form, unit=options.unit) as session:
        filled = fill(
            session, options.form, find_unit(session, options.unit), options.start, options.end, options.circular
        )
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
            if found.meant:
                print(f"có phải “{found.meant}”?", file=sys.stderr)
    for number in numbers:
        print(number)


def similar(options: Namespace) -> None:
    """The petitions that may be a petition handed in again, best first; of every petition, as JSON, where all are asked
    for.
    """
    if options.all == bool(options.petition):
        raise Refused("nêu mã một đơn, hoặc --all để so mọi đơn")
    with operator("similar", petition=options.petition or "--all") as session:
        if options.all:
            json.dump(dict(every_pair(session)), sys.stdout, ensure_ascii=False)
            print()
            return
        for score, number in similar_to(session, _petition(session, options.petition)):
            print(f"{score:.3f} {number}")


def receipt(options: Namespace) -> None:
    """The code on the slip of a petition; made where it has none."""
    with operator("receipt", petition=options.petition) as session:
        print(receipt_of(session, _petition(session, options.petition)))


def _petition(session: Session, number: str) -> Petition:
    petition = session.scalars(select(Petition).where(Petition.number == number)).first()
    if petition is None:
        raise Refused(f"không có đơn số “{number[:80]}”")
    return petition
