"""What is remembered of a customer outside of conversations is found by the customer; few rows, so a small index."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('journal', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(
            "create index journal_event_customer on journal_event (customer, occurred_at)"
            " where conversation is null and customer is not null",
            "drop index journal_event_customer",
        ),
    ]
