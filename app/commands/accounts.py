"""The commands of accounts."""

import sys
from argparse import Namespace

from app.commands.operator import operator
from app.operations.accounts.accounts import NewAccount, add_account, find_account, set_password
from app.operations.accounts.confirmations import confirm_by_operator
from app.operations.accounts.minutes import make_minutes
from app.operations.refusal import Refused
from app.operations.units import find_unit


def account_add(options: Namespace) -> None:
    """A new account; its initial password is printed once."""
    with operator("account add", of=options.identifier) as session:
        account, password, advice = add_account(
            session,
            NewAccount(
                options.identifier,
                options.kind,
                find_unit(session, options.unit),
                options.role,
                options.manages,
                options.holder,
                options.paper,
                options.holder_id,
            ),
            "operator",
        )
        make_minutes(session, "grant", account, options.paper)
    for sentence in advice:
        print(f"lưu ý: {sentence}", file=sys.stderr)
    print(password)


def account_confirm(options: Namespace) -> None:
    """The account is confirmed by the operator; for when nobody who could is left."""
    with operator("account confirm", of=options.identifier) as session:
        confirm_by_operator(session, find_account(session, options.identifier))


def account_password(options: Namespace) -> None:
    """The account has the password read from standard input, as if its holder had set it."""
    try:
        password = sys.stdin.buffer.readline().decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise Refused("mật khẩu phải gõ bằng UTF-8", "password") from None
    with operator("account password", of=options.identifier) as session:
        set_password(session, find_account(session, options.identifier), password, by_holder=True)
