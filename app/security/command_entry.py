"""The trail's entry for a command that needs nothing else of the application: the same row as `audit.record_apart`
writes, without what that loads.
"""

import json

import psycopg

from app.security.ids import uuid7


def record_command(connection: "psycopg.Connection", command: str) -> None:
    """An entry tells of the command's use by the operator, committed at once."""
    query = "insert into audit_entries (id, action, account, path, detail) values (%s, 'command.run', %s, '', %s)"
    connection.execute(query, [uuid7(), f"system:{command}", json.dumps({"command": command})])
    connection.commit()
