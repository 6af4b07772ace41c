"""Messages that wait to be fetched by an outside system are found without looking at all others."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add an index."""

    dependencies: ClassVar = [("conversations", "0009_accounts")]

    operations: ClassVar = [
        migrations.AddIndex(
            "message", models.Index(fields=["id"], name="message_queued", condition=models.Q(delivery="queued"))
        ),
    ]
