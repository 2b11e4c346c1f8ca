"""Tables that are not screens' business: data keys, sessions and the audit trail, as Core tables."""

from flask_appbuilder import Model
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

data_keys = Table(
    "data_keys",
    Model.metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("purpose", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("recovery", LargeBinary),  # the same key, for whoever puts the recovery shares together
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("purpose", "version"),
)

recovery_keys = Table(
    "recovery_keys",
    Model.metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("shares", Integer, nullable=False),
    Column("needed", Integer, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

# What an account opened last is found by it; see reporting/recent.py.
OPENINGS = "action in ('petition.read', 'case.read', 'reception.read')"
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
    # The transaction that wrote it: an order that no clock makes.
    Column("xid", BigInteger, nullable=False, server_default=text("pg_current_xact_id()::text::bigint")),
    Index("audit_entries_at", "at", "id"),
    Index("audit_entries_xid", "xid"),
    Index("audit_entries_opened", "account", "at", postgresql_where=text(OPENINGS)),
)

audit_seals = Table(
    "audit_seals",
    Model.metadata,
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", Uuid, nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False),
    Column("sealed_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("key_id", Integer),  # the data key that links it to the place before; none: plain SHA-256, before 0010
    # What the sealer saw in the cluster of that number: transactions below `seen` had ended, but for those in
    # `running`.
    Column("seen", BigInteger),
    Column("running", ARRAY(BigInteger)),
    Column("system", BigInteger),
)

audit_heads = Table(
    "audit_heads",
    Model.metadata,
    Column("id", Uuid, primary_key=True),
    Column("place", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("signed_at", DateTime(timezone=True), nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Index("audit_heads_signed_at", "signed_at"),
)

# A table of Core and not of the ORM: touching a session is not a change the trail tells of; its beginning and end are,
# by name.
account_sessions = Table(
    "account_sessions",
    Model.metadata,
    Column("id", Uuid, primary_key=True),
    Column("token", String(64), nullable=False, unique=True),  # SHA-256 of what the cookie holds
    Column("account_id", Integer, ForeignKey("ab_user.id"), nullable=False, index=True),
    Column("method", String(10), nullable=False),
    Column("pending", Boolean, nullable=False),  # the password was right, the second factor is still asked for
    Column("certificate", String(64)),
    Column("address", String(64)),
    Column("agent", String(200)),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("seen_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("proved_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("challenge", LargeBinary),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_why", String(20)),
)

# Browsers an account has signed in from before: a random mark there, here its keyed hash, different for each account.
account_browsers = Table(
    "account_browsers",
    Model.metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Integer, ForeignKey("ab_user.id"), nullable=False),
    Column("mark", LargeBinary, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("seen_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("wrong_passwords", Integer, nullable=False, server_default="0"),
    Column("locks", Integer, nullable=False, server_default="0"),
    Column("locked_until", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_why", String(20)),
    UniqueConstraint("account_id", "mark"),
)

# Accounts tried in vain from an address and not rightly since: what slows an address that tries many. Names are hashed.
wrong_tries = Table(
    "wrong_tries",
    Model.metadata,
    Column("address", String(64), primary_key=True),
    Column("name", LargeBinary, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Index("wrong_tries_address_at", "address", "at"),
)

# Forms that were sent and stored: the same sent again leads where the first did.
sent_forms = Table(
    "sent_forms",
    Model.metadata,
    Column("token", Uuid, primary_key=True),
    Column("account", String(64), nullable=False),
    Column("address", String(400)),
    Column("sent_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("sent_forms_sent", "sent_at"),
)
