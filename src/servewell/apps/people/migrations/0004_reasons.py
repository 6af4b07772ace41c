from typing import Any, ClassVar

from django.db import migrations

# What a new house offers; an administrator renames, limits and archives them.
REASONS = [
    ("busy", "话后处理", "After-call work", 5),
    ("busy", "会议", "Meeting", 60),
    ("busy", "培训", "Training", None),
    ("away", "小休", "Break", 15),
    ("away", "午餐", "Lunch", 60),
]


def offer(apps: Any, editor: Any) -> None:
    reason = apps.get_model("people", "PresenceReason")
    for position, (state, zh, en, minutes) in enumerate(REASONS):
        reason.objects.create(state=state, name_zh=zh, name_en=en, limit_minutes=minutes, position=position)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0003_presence_skills_hours_sign_ins")]

    operations: ClassVar = [migrations.RunPython(offer, migrations.RunPython.noop)]
