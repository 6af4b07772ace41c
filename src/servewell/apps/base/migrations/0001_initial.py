import servewell.apps.base.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.RunSQL("create sequence base_outgoing_position_seq", reverse_sql="drop sequence base_outgoing_position_seq"),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=servewell.apps.base.ids.new, primary_key=True, serialize=False)),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('name', models.CharField(max_length=200)),
                ('media_type', models.CharField(max_length=100)),
                ('size', models.BigIntegerField()),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='GivenAnswer',
            fields=[
                ('pk', models.CompositePrimaryKey('principal', 'key', blank=True, editable=False, primary_key=True, serialize=False)),
                ('principal', models.CharField(max_length=100)),
                ('key', models.CharField(max_length=200)),
                ('fingerprint', models.CharField(max_length=64)),
                ('status', models.IntegerField(null=True)),
                ('body', models.JSONField(null=True)),
                ('created_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Setting',
            fields=[
                ('name', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('value', models.JSONField()),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.UUIDField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Outgoing',
            fields=[
                ('id', models.UUIDField(default=servewell.apps.base.ids.new, primary_key=True, serialize=False)),
                ('position', models.BigIntegerField(unique=True)),
                ('kind', models.CharField(max_length=100)),
                ('key', models.CharField(max_length=200)),
                ('order_key', models.CharField(blank=True, default='', max_length=200)),
                ('payload', models.JSONField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('parked', 'Parked')], default='waiting', max_length=10)),
                ('due_at', models.DateTimeField()),
                ('attempt', models.IntegerField(default=0)),
                ('claim', models.UUIDField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='outgoing_due'), models.Index(condition=models.Q(('state', 'waiting')), fields=['order_key', 'position'], name='outgoing_order'), models.Index(condition=models.Q(('state', 'waiting'), _negated=True), fields=['settled_at'], name='outgoing_settled')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'key'), name='outgoing_key')],
            },
        ),
        migrations.CreateModel(
            name='Timer',
            fields=[
                ('id', models.UUIDField(default=servewell.apps.base.ids.new, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=100)),
                ('subject', models.UUIDField()),
                ('due_at', models.DateTimeField()),
                ('try_at', models.DateTimeField()),
                ('payload', models.JSONField(default=dict)),
                ('attempt', models.IntegerField(default=0)),
                ('reason', models.TextField(blank=True, default='')),
            ],
            options={
                'indexes': [models.Index(fields=['try_at'], name='timer_try')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'subject'), name='timer_subject')],
            },
        ),
    ]
