"""Who can do what, and how well? A tree of skills, and a level of each person in some of them."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from servewell.apps.base import clock, ids
from servewell.apps.people.models.staff import User

LOWEST, HIGHEST = 1, 5  # levels: 1 learning, 2 with help, 3 alone, 4 hard cases, 5 teaches others


class Skill(models.Model):
    """Something a person can be good at; the parent is the broader one."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=1000, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    archived_at = models.DateTimeField(null=True, blank=True)  # from then on nobody is given it
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        """By name, which no two have in any case."""

        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="people_skill_name_any_case")]

    def __str__(self) -> str:
        return self.name


class UserSkill(models.Model):
    """How well a person does it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="holders")
    level = models.PositiveSmallIntegerField(validators=[MinValueValidator(LOWEST), MaxValueValidator(HIGHEST)])
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        """One level a person and skill; routing asks by skill and level."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "skill"], name="people_user_skill_once"),
            models.CheckConstraint(name="people_user_skill_level", condition=Q(level__range=(LOWEST, HIGHEST))),
        ]
        indexes: ClassVar = [models.Index(fields=["skill", "-level"], name="people_skill_level")]

    def __str__(self) -> str:
        return f"{self.skill_id}: {self.level}"
