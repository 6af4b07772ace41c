from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = (Path(__file__).parents[1] / "sql" / "0002_cache.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0001_users")]

    operations: ClassVar = [
        migrations.RunSQL(SQL, reverse_sql="DROP TABLE people_cache; ALTER TABLE people_ratebucket SET LOGGED;")
    ]
