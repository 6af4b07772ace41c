from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("conversations", "0006_inbox_filters")]

    operations: ClassVar = [
        migrations.RunSQL(
            (SQL / "0007_search_facets.sql").read_text(encoding="utf-8"),
            (SQL / "0007_search_facets_undo.sql").read_text(encoding="utf-8"),
        ),
    ]
