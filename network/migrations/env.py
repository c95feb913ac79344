"""Alembic's entry: the connection comes from `infrastructure.migrating`; the tables from every package's models."""

from alembic import context

from network.models import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
