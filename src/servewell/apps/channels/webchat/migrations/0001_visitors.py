"""Visitors of the chat: a browser each."""

import django.db.models.deletion
import servewell.apps.base.clock
import servewell.apps.base.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('channels', '0002_arrivals_in_turn'),
    ]

    operations = [
        migrations.CreateModel(
            name='Visitor',
            fields=[
                ('id', models.UUIDField(default=servewell.apps.base.ids.new, editable=False, primary_key=True, serialize=False)),
                ('token', models.CharField(max_length=64, unique=True)),
                ('thread', models.CharField(max_length=60)),
                ('person', models.CharField(blank=True, max_length=200)),
                ('signed', models.JSONField(default=dict)),
                ('language', models.CharField(blank=True, max_length=16)),
                ('network', models.CharField(blank=True, max_length=64)),
                ('browser', models.CharField(blank=True, max_length=40)),
                ('page_url', models.CharField(blank=True, max_length=500)),
                ('page_title', models.CharField(blank=True, max_length=200)),
                ('referrer', models.CharField(blank=True, max_length=500)),
                ('customer_id', models.UUIDField(null=True)),
                ('conversation_id', models.UUIDField(null=True)),
                ('read_position', models.IntegerField(default=0)),
                ('created_at', models.DateTimeField(default=servewell.apps.base.clock.now, editable=False)),
                ('seen_at', models.DateTimeField(default=servewell.apps.base.clock.now)),
                ('expires_at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='channels.account')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('person', ''), _negated=True), fields=['account', 'person', '-seen_at'], name='webchat_visitor_person'), models.Index(condition=models.Q(('customer_id__isnull', False)), fields=['customer_id'], name='webchat_visitor_customer'), models.Index(condition=models.Q(('conversation_id__isnull', False)), fields=['conversation_id'], name='webchat_visitor_conversation'), models.Index(fields=['seen_at'], name='webchat_visitor_seen')],
            },
        ),
    ]
