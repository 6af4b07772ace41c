"""A transcript says what whoever asked for it saw, where that is less than the page shows."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column."""

    dependencies: ClassVar = [("channels", "0005_case_links")]

    operations: ClassVar = [
        migrations.AddField(model_name="transcript", name="only", field=models.JSONField(null=True)),
    ]
