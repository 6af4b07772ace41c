"""Is the database at this version, and how does it get there?"""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

LOCK = 0x5E7E_3E11  # of ours alone in this database


def pending() -> list[str]:
    """Return the migrations not applied yet, as `app.name`, in order."""
    executor = MigrationExecutor(connection)
    return [f"{m.app_label}.{m.name}" for m, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def apply() -> list[str]:
    """Apply what is pending under an advisory lock, so that two at once do not collide; return the names."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [LOCK])
        try:
            names = pending()
            if names:
                call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [LOCK])
    return names
