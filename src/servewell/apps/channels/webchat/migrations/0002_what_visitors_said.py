"""What a visitor answered in a form about themselves is not asked again."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column."""

    dependencies: ClassVar = [("channels_webchat", "0001_visitors")]

    operations: ClassVar = [
        migrations.AddField(model_name="visitor", name="typed", field=models.JSONField(default=dict)),
    ]
