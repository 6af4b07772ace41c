"""Whoever looks after an account sees that automatic answers to an address stopped: which account, and since when."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns; empty for what was counted before, which is over within the hour."""

    dependencies: ClassVar = [("channels", "0006_what_transcripts_say")]

    operations: ClassVar = [
        migrations.AddField(model_name="answercount", name="stopped_by", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="answercount", name="stopped_at", field=models.DateTimeField(null=True)),
    ]
