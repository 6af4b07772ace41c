from pathlib import Path
from typing import ClassVar

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

import servewell.apps.base.clock

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("conversations", "0003_bulk_put_back")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SearchFigures",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("documents", models.IntegerField(default=0)),
                ("rare", models.FloatField(default=1)),
                ("mean_length", models.FloatField(default=1)),
                ("indexed_since", models.IntegerField(default=0)),
                ("counted_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SearchTerm",
            fields=[
                ("key", models.BigIntegerField(primary_key=True, serialize=False)),
                ("documents", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("conversation_id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(unique=True)),
                ("terms", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("length", models.IntegerField()),
                ("indexed_at", models.DateTimeField(default=servewell.apps.base.clock.now)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["terms"], gin_pending_list_limit=1024, name="search_terms"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchDue",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("conversation_id", models.UUIDField()),
                ("later", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["later", "id"], name="search_due_order")],
            },
        ),
        migrations.RunSQL(
            (SQL / "0004_search.sql").read_text(encoding="utf-8"),
            (SQL / "0004_search_undo.sql").read_text(encoding="utf-8"),
        ),
        # What was there before is found too; the first worker makes it so.
        migrations.RunSQL(
            "insert into conversations_searchdue (conversation_id, later)"
            " select id, true from conversations_conversation order by id",
            migrations.RunSQL.noop,
        ),
    ]
