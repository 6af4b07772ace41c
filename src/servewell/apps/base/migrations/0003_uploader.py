"""Who sent a file may see it before it is part of a message; what never becomes so is forgotten by its age."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add a column, and an index by age."""

    dependencies = [("base", "0002_seal_given_answers")]

    operations = [
        migrations.AddField("attachment", "uploader", models.UUIDField(null=True)),
        migrations.AlterField("attachment", "created_at", models.DateTimeField(db_index=True)),
    ]
