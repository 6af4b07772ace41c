"""What waits or was given up is asked for by kind: among calls that were made, which are many."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add an index."""

    dependencies = [("base", "0003_uploader")]

    operations = [
        migrations.AddIndex(
            "outgoing",
            models.Index(
                fields=["kind", "position"], name="outgoing_undone", condition=models.Q(("state", "done"), _negated=True)
            ),
        ),
    ]
