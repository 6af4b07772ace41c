from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("conversations", "0007_search_facets")]

    operations: ClassVar = [
        migrations.AddField("searchdue", "attempts", models.SmallIntegerField(db_default=0)),
        migrations.AddField("searchdue", "customer_id", models.UUIDField(null=True)),
        migrations.AddField("searchdue", "not_before", models.DateTimeField(null=True)),
        migrations.AddField("searchdue", "reason", models.CharField(db_default="", max_length=100)),
        migrations.AlterField("searchdue", "conversation_id", models.UUIDField(null=True)),
        migrations.AddIndex(
            "message", models.Index(fields=["conversation", "created_at", "id"], name="message_stream")
        ),
        migrations.AddIndex(
            "searchdue",
            models.Index(condition=models.Q(("attempts__gt", 0)), fields=["conversation_id"], name="search_due_failed"),
        ),
    ]
