"""An address to which nothing gets is marked, with the reason."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns with a value for rows that are there."""

    dependencies: ClassVar = [("customers", "0003_claims")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="identity", name="bounced_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="identity",
            name="bounce_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
    ]
