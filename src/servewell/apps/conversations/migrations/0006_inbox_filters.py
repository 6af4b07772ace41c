from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"
DO, UNDO = ((SQL / f"0006_inbox_filters{end}.sql").read_text(encoding="utf-8") for end in ("", "_undo"))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("conversations", "0005_canned")]

    operations: ClassVar = [migrations.RunSQL(DO, reverse_sql=UNDO)]
