"""What stood on the envelope of a mail that came in: for answers to all, and for telling mails apart."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('conversations', '0009_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Envelope',
            fields=[
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='conversations.message')),
                ('account', models.UUIDField()),
                ('recipient', models.CharField(blank=True, max_length=400)),
                ('name', models.CharField(blank=True, max_length=998)),
                ('references', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('sender', models.CharField(max_length=400)),
                ('sender_name', models.CharField(blank=True, max_length=200)),
                ('to', models.JSONField(default=list)),
                ('cc', models.JSONField(default=list)),
                ('reply_to', models.JSONField(default=list)),
                ('subject', models.CharField(blank=True, max_length=300)),
                ('auto', models.CharField(blank=True, choices=[('reply', 'reply'), ('notice', 'notice'), ('bulk', 'bulk'), ('list', 'list')], max_length=10)),
                ('verified', models.BooleanField(default=False)),
                ('date_mark', models.CharField(blank=True, max_length=32)),
                ('text_mark', models.CharField(blank=True, max_length=32)),
            ],
        ),
    ]
