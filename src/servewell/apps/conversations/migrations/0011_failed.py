"""Messages that failed are few, and found without looking at all others."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add an index."""

    dependencies: ClassVar = [("conversations", "0010_queued")]

    operations: ClassVar = [
        migrations.AddIndex(
            "message", models.Index(fields=["-id"], name="message_failed", condition=models.Q(delivery="failed"))
        ),
    ]
