"""Alembic runs on the connection it is given; `app/installation.py` gives it the owner's."""

from alembic import context
from flask_appbuilder import Model

import app.models
import app.security.tables  # noqa: F401

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Model.metadata, transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
