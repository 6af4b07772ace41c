"""Conversations name the account they came by; messages keep what they quote, and say in words why they wait."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add columns."""

    dependencies: ClassVar = [("conversations", "0008_search_rest")]

    operations: ClassVar = [
        migrations.AddField("conversation", "account", models.UUIDField(null=True)),
        migrations.AddField("message", "quoted", models.TextField(blank=True, default="")),
        migrations.AddField("message", "delivery_code", models.CharField(blank=True, default="", max_length=60)),
    ]
