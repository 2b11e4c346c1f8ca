"""Every string that reaches the database becomes NFC at one place, whatever screen, file or command it came from (TCVN
6909).
"""

from typing import Any

from sqlalchemy import String, Text, event
from sqlalchemy.orm import Session

from app.text.tcvn6909 import normalize, normalize_line


def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    for row in (*session.new, *session.dirty):
        for attribute in row.__mapper__.column_attrs:
            value = row.__dict__.get(attribute.key)
            if isinstance(value, str) and isinstance(attribute.columns[0].type, String):
                clean = normalize(value) if isinstance(attribute.columns[0].type, Text) else normalize_line(value)
                if clean != value:
                    setattr(row, attribute.key, clean)


def install() -> None:
    """The hook hangs under every session of the process; safe to repeat."""
    if not event.contains(Session, "before_flush", _before_flush):
        event.listen(Session, "before_flush", _before_flush)
