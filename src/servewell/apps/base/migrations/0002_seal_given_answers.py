"""Answers were kept as they were given, fresh keys too: those are forgotten, the next ones are sealed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Forget, then change the column."""

    dependencies = [("base", "0001_initial")]

    operations = [
        migrations.RunSQL("delete from base_givenanswer", migrations.RunSQL.noop),
        migrations.RemoveField("givenanswer", "body"),
        migrations.AddField("givenanswer", "sealed", models.TextField(null=True)),
    ]
