# The schema of the benchmark as metadata of SQLAlchemy, before and after the twenty changes.
import sqlalchemy as sa


def metadata(size, changed):
    meta = sa.MetaData()
    for n in range(size - 2 if changed else size):
        t = f"t_{n:04d}"
        is_ = lambda *numbers: changed and n in numbers
        columns = [
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("name", sa.String(200 if is_(30) else 100), nullable=is_(40)),
            sa.Column("code", sa.String(20), nullable=False),
            sa.Column("amount", sa.Numeric(12, 2)),
            sa.Column("qty", sa.BigInteger if is_(31) else sa.Integer, nullable=False, server_default="1" if is_(50) else "0"),
            sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
            sa.Column("created_at", sa.TIMESTAMP, nullable=False, server_default=sa.func.now()),
            sa.Column("updated_at", sa.TIMESTAMP),
            sa.Column("parent_id", sa.Integer),
        ]
        if not is_(20, 21):
            columns.append(sa.Column("note", sa.Text))
        if is_(10, 11, 12, 13, 14):
            columns.append(sa.Column("extra", sa.String(40)))
        extras = [sa.UniqueConstraint("code", name=f"uq_{t}_code")]
        if n > 0:
            extras.append(sa.ForeignKeyConstraint(["parent_id"], [f"t_{n - 1:04d}.id"], name=f"fk_{t}_parent"))
        if is_(80):
            extras.append(sa.ForeignKeyConstraint(["qty"], ["t_0000.id"], name="fk_t_0080_extra"))
        table = sa.Table(t, meta, *columns, *extras)
        if not is_(70):
            sa.Index(f"ix_{t}_name", table.c.name)
        sa.Index(f"ix_{t}_parent", table.c.parent_id)
        if n % 5 == 0:
            sa.Index(f"ix_{t}_active_created", table.c.active, table.c.created_at)
        if is_(60, 61):
            sa.Index(f"ix_{n:04d}_new", table.c.amount)
    for n in range(3 if changed else 0):
        sa.Table(f"t_new_{n}", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(50)))
    return meta
