"""Tables that are not screens' business: data keys and the audit trail, as Core tables."""

from flask_appbuilder import Model
from sqlalchemy import Column, DateTime, Identity, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

data_keys = Table(
    "data_keys",
    Model.metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("purpose", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("purpose", "version"),
)

audit_entries = Table(
    "audit_entries",
    Model.metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("account", String(80), nullable=False),
    Column("path", String(400, collation="C"), nullable=False, server_default=""),
    Column("address", String(64)),
    Column("action", String(60), nullable=False),
    Column("table_name", String(63)),
    Column("row_ids", ARRAY(Uuid)),
    Column("columns", ARRAY(String(120))),
    Column("reason", Text),
    Column("detail", JSONB),
    Index("audit_entries_at", "at", "id"),
)
