"""One session of the operator's for a command: system scope, audited."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from app import create_app
from app.database import application_url
from app.extensions import db
from app.security import audit
from app.security.key_place import wrapping_key
from app.security.scope import enter, system_scope
from config import load


@contextmanager
def operator(command: str, **detail: Any) -> Iterator[Session]:
    """A session that sees everything, its use audited; committed at the end, rolled back on any error."""
    settings = load() | {"SQLALCHEMY_DATABASE_URI": application_url(), "SECRET_KEY": "not-serving"}
    app = create_app(settings, wrapping_key(os.environ))
    with app.app_context():
        session: Session = db.session()
        enter(session, system_scope(command))
        audit.record_apart(session, "command.run", detail={"command": command, **detail})
        yield session
        session.commit()
