from django.db import migrations, models

CALLS = """
CREATE INDEX webhooks_outgoing_unsettled ON base_outgoing ((payload ->> 'subscription'), position)
WHERE kind = 'webhooks.call' AND state <> 'done'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0004_outgoing_undone'),
        ('webhooks', '0001_webhooks'),
    ]

    operations = [
        migrations.RunSQL(CALLS, reverse_sql="DROP INDEX webhooks_outgoing_unsettled"),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('response', ''), _negated=True), fields=['message'], name='webhooks_attempt_answered'),
        ),
    ]
