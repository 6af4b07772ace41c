from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("conversations", "0002_inbox")]

    operations: ClassVar = [migrations.AddField("bulk", "put_back", models.JSONField(null=True))]
