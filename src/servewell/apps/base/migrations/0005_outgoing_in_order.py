"""Calls that are due at the same moment are made in the order they were put."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Replace an index by one that holds that order."""

    dependencies = [("base", "0004_outgoing_undone")]

    operations = [
        migrations.RemoveIndex("outgoing", "outgoing_due"),
        migrations.AddIndex(
            "outgoing",
            models.Index(
                fields=["due_at", "position"], name="outgoing_next", condition=models.Q(("state", "waiting"))
            ),
        ),
    ]
