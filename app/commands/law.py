"""The command of statutory limits: it loads no application, for it is asked often."""

from argparse import Namespace

import psycopg

from app.database import SECRETS, application_address, owner_address
from app.explain import derivation
from app.law.calendar import Calendar
from app.law.deadlines import due as due_on
from app.law.holidays import SEED
from app.reporting.calendar import read_calendar
from app.security.command_entry import record_command
from config import instance_dir


def due(options: Namespace) -> None:
    """The limit's last day, then how it was derived; by the installation's calendar, or the built-in one before
    `init`.
    """
    known = ("complex", "very_complex", "remote", "many_places", "dismissal")
    flags = [flag for flag in known if getattr(options, flag)]
    found = due_on(options.rule, options.date, _calendar(), flags)
    print(found.text)
    for line in derivation(found, keyed=True):
        print(line)


def _calendar() -> Calendar:
    if not (instance_dir() / SECRETS).exists():
        return SEED
    with psycopg.connect(**application_address(owner_address())) as connection:  # type: ignore[arg-type]
        record_command(connection, "due")
        return read_calendar(connection)
