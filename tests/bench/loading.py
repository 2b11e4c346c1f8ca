"""Rows into the database by COPY as its owner, indexes made anew at the end; and the peers' database."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from tests.bench.clusters import TABLES
from tests.bench.place import PEER

_FASTER = ("set session_replication_role = replica", "set synchronous_commit = off", "set maintenance_work_mem = '1GB'")
PEER_TABLES = """
create table petitions_unit (
    id uuid primary key, code varchar(80) not null unique, name varchar(250) not null, level varchar(20) not null,
    depth integer not null, path varchar(400) not null);
create table petitions_petition (
    id uuid primary key, number varchar(80) not null, unit_id uuid not null,
    level_0 uuid, level_1 uuid, level_2 uuid, level_3 uuid,
    kind varchar(20) not null, source varchar(20) not null, field varchar(20) not null, state varchar(12) not null,
    received_on date not null, due_on date, name varchar(200) not null, address varchar(300) not null,
    id_number varchar(40) not null, phone varchar(40) not null, summary text not null);
"""
PEER_INDEXES = """
create unique index petition_number on petitions_petition (number);
create index petition_unit on petitions_petition (unit_id);
create index petition_received on petitions_petition (received_on desc, id desc);
create index petition_level_0 on petitions_petition (level_0, received_on desc, id desc);
create index petition_level_1 on petitions_petition (level_1, received_on desc, id desc);
create index petition_level_2 on petitions_petition (level_2, received_on desc, id desc);
create index petition_level_3 on petitions_petition (level_3, received_on desc, id desc);
alter table petitions_petition add foreign key (unit_id) references petitions_unit deferrable initially deferred;
"""
PEER_COLUMNS = (
    "id", "number", "unit_id", "level_0", "level_1", "level_2", "level_3", "kind", "source", "field", "state",
    "received_on", "due_on", "name", "address", "id_number", "phone", "summary",
)  # fmt: skip


def connect(address: dict[str, str]) -> psycopg.Connection:
    """A connection of the owner's that loads fast: no foreign key is checked, as every row is made here."""
    connection = psycopg.connect(**address, autocommit=True)
    for statement in _FASTER:
        connection.execute(statement)
    return connection


def make_peer(connection: psycopg.Connection, address: dict[str, str]) -> psycopg.Connection:
    """The peers' empty database, made anew, with our units in it."""
    name = sql.Identifier(PEER)
    connection.execute(sql.SQL("drop database if exists {}").format(name))
    connection.execute(sql.SQL("drop role if exists {}").format(name))
    connection.execute(sql.SQL("create role {} login").format(name))
    connection.execute(sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(name, name))
    peer = connect(address | {"dbname": PEER})
    peer.execute(sql.SQL("grant all on schema public to {}").format(name))
    peer.execute(sql.SQL("set role {}").format(name))
    peer.execute(PEER_TABLES)
    units = connection.execute("select id, code, name, level, depth, path from units").fetchall()
    with peer.cursor().copy("copy petitions_unit (id, code, name, level, depth, path) from stdin") as copy:
        for unit in units:
            copy.write_row(unit)
    peer.execute("reset role")
    return peer


def write(connection: psycopg.Connection, table: str, columns: Iterable[str], lines: list[str]) -> None:
    """The lines are rows of the table."""
    if not lines:
        return
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor().copy(statement) as copy:
        copy.write("\n".join(lines) + "\n")


@contextmanager
def without_indexes(connection: psycopg.Connection) -> Iterator[None]:
    """The copied tables have only their keys meanwhile; then every index is made again as it was."""
    query = (
        "select c.relname, pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid "
        "join pg_class t on t.oid = i.indrelid where t.relname = any(%s) "
        "and not exists (select from pg_constraint k where k.conindid = i.indexrelid)"
    )
    indexes = connection.execute(query, [list(TABLES)]).fetchall()
    for name, _ in indexes:
        connection.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
    yield
    for _, definition in indexes:
        connection.execute(definition)


def finish(connection: psycopg.Connection, peer: psycopg.Connection) -> None:
    """Both databases are indexed and analysed, their pages marked visible, all of it on disk."""
    peer.execute(sql.SQL("set role {}").format(sql.Identifier(PEER)))
    peer.execute(PEER_INDEXES)
    peer.execute("reset role")
    for one in (connection, peer):
        one.execute("vacuum (analyze)")
    connection.execute("checkpoint")
