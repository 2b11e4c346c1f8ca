"""Petitions and cases that were finished before the unit used the software are closed, with where that is told."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = depends_on = None

TABLES = ("petitions", "cases")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("closed_on", sa.Date()))
        op.add_column(table, sa.Column("closed_source", sa.String(length=120)))


def downgrade() -> None:
    # The version before knows no such end: they are open again, as their own dates say.
    op.execute(
        "update petitions set state = case when processed_on is null then 'received' else 'processed' end"
        " where state = 'closed'"
    )
    op.execute(
        "update decisions d set finished_on = null from cases c"
        " where c.id = d.case_id and c.state = 'closed' and d.finished_on = c.closed_on"
    )
    op.execute(
        "update cases c set state = case when exists (select from decisions d where d.case_id = c.id) then 'decided'"
        " when c.accepted_on is null then 'reviewing'"
        " when exists (select from suspensions s where s.case_id = c.id and s.end_on is null) then 'suspended'"
        " else 'accepted' end where c.state = 'closed'"
    )
    op.execute("delete from step_notes where step_id in (select id from steps where step = 'close')")
    op.execute("update steps set undoes_id = null where undoes_id in (select id from steps where step = 'close')")
    op.execute("delete from steps where step = 'close'")
    for table in TABLES:
        op.drop_column(table, "closed_source")
        op.drop_column(table, "closed_on")
