"""What every ``env.py`` does: run migrations on the connection that it was given."""

from alembic import context


def run() -> None:
    """Run the migrations inside the caller's transaction."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=None,
        transactional_ddl=False,
        render_as_batch=True,
    )
    context.run_migrations()
