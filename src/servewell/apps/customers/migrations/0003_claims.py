"""What somebody only typed of themselves stands beside the identities; a suggestion says when it rests on that."""

from typing import ClassVar

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import servewell.apps.base.clock
import servewell.apps.base.ids


class Migration(migrations.Migration):
    """A table of its own, and a mark on suggestions."""

    dependencies: ClassVar = [("customers", "0002_known")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="suggestion",
            name="is_claim",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=servewell.apps.base.ids.new, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("external", "External"),
                            ("email", "Email"),
                            ("phone", "Phone"),
                            ("visitor", "Visitor"),
                        ],
                        max_length=16,
                    ),
                ),
                ("source", models.CharField(blank=True, default="", max_length=80)),
                ("value", models.CharField(max_length=512)),
                ("shown", models.CharField(max_length=512)),
                ("is_raw", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=servewell.apps.base.clock.now, editable=False)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="claims", to="customers.customer"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        django.contrib.postgres.indexes.OpClass("value", "text_pattern_ops"),
                        name="customers_claim_value",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "source", "value", "customer"), name="customers_claim_once")
                ],
            },
        ),
    ]
