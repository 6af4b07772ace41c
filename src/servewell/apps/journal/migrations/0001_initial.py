from pathlib import Path

import servewell.apps.base.ids
from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql"
EVENT = (SQL / "event.sql").read_text(encoding="utf-8")
UNDO = (SQL / "event_undo.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('conversation', models.UUIDField(primary_key=True, serialize=False)),
                ('last_seq', models.BigIntegerField()),
                ('last_recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='LakeMonth',
            fields=[
                ('month', models.DateField(primary_key=True, serialize=False)),
                ('generation', models.IntegerField(default=0)),
                ('events', models.BigIntegerField(default=0)),
                ('stale', models.BooleanField(default=False)),
                ('written_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Late',
            fields=[
                ('event', models.UUIDField(primary_key=True, serialize=False)),
                ('occurred_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Access',
            fields=[
                ('id', models.UUIDField(default=servewell.apps.base.ids.new, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_index=True)),
                ('actor_kind', models.TextField()),
                ('actor', models.UUIDField(null=True)),
                ('subject_kind', models.TextField()),
                ('subject', models.UUIDField(null=True)),
                ('what', models.TextField()),
            ],
            options={
                'db_table': 'access_log',
                'indexes': [models.Index(fields=['subject', 'at'], name='access_subject')],
            },
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Event',
                    fields=[
                        ('id', models.UUIDField(default=servewell.apps.base.ids.new, primary_key=True, serialize=False)),
                        ('occurred_at', models.DateTimeField()),
                        ('recorded_at', models.DateTimeField()),
                        ('conversation', models.UUIDField(null=True)),
                        ('seq', models.BigIntegerField(null=True)),
                        ('customer', models.UUIDField(null=True)),
                        ('activity', models.TextField()),
                        ('lifecycle', models.TextField()),
                        ('actor_kind', models.TextField()),
                        ('actor', models.UUIDField(null=True)),
                        ('team', models.UUIDField(null=True)),
                        ('channel', models.TextField(null=True)),
                        ('contact_type', models.TextField(null=True)),
                        ('sentiment', models.TextField(null=True)),
                        ('flow', models.TextField(null=True)),
                        ('version', models.IntegerField(null=True)),
                        ('element', models.TextField(null=True)),
                        ('amount', models.BigIntegerField(null=True)),
                        ('attributes', models.JSONField(null=True)),
                    ],
                    options={
                        'db_table': 'journal_event',
                    },
                ),
            ],
            database_operations=[
                migrations.RunSQL(EVENT, reverse_sql=UNDO),
            ],
        ),
    ]
