"""An arrival knows whose it is, so that it goes when they are erased: who wrote it, and whose conversation it is in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds two columns and their indexes."""

    dependencies = [("channels", "0003_answer_counts")]

    operations = [
        migrations.AddField("arrival", "customer_id", models.UUIDField(null=True)),
        migrations.AddField("arrival", "author_id", models.UUIDField(null=True)),
        migrations.AddIndex(
            "arrival",
            models.Index(
                fields=["customer_id"],
                name="channels_arrival_customer",
                condition=models.Q(customer_id__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "arrival",
            models.Index(
                fields=["author_id"], name="channels_arrival_author", condition=models.Q(author_id__isnull=False)
            ),
        ),
    ]
