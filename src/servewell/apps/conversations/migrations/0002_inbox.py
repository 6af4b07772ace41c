from pathlib import Path
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

SQL = (Path(__file__).parents[1] / "sql" / "0002_inbox.sql").read_text(encoding="utf-8")
NAMES = [line.split()[2] for line in SQL.splitlines() if line.startswith("CREATE INDEX")]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("conversations", "0001_conversations")]

    operations: ClassVar = [
        migrations.RemoveIndex("conversation", "conversation_tags"),
        migrations.AddIndex("conversation", GinIndex(fields=["tags"], name="conversation_tags", fastupdate=False)),
        migrations.RunSQL(SQL, reverse_sql=f"DROP INDEX {', '.join(NAMES)}"),
    ]
