"""An identity lasts as long as its proof; what is of one thread or one person is found together."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns and an index. Whoever was signed before says hello once more."""

    dependencies: ClassVar = [("channels_webchat", "0002_what_visitors_said")]

    operations: ClassVar = [
        migrations.AddField(model_name="visitor", name="identity_until", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="visitor", name="identity_mark", field=models.CharField(blank=True, max_length=64)
        ),
        migrations.AddIndex(
            model_name="visitor", index=models.Index(fields=["account", "thread"], name="webchat_visitor_thread")
        ),
    ]
