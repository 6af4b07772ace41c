"""Skills: the tree of them, and each person's levels."""

import pytest
from tests.service.apps.people.helpers import person, signed_in
from tests.together import at_once

from servewell.apps.base import ids
from servewell.apps.base.principal import SYSTEM
from servewell.apps.journal.models import Event
from servewell.apps.people import actions
from servewell.apps.people.errors import (
    BadLevel,
    BadPerson,
    BadSkillTree,
    NoSuchSkill,
    SkillArchived,
    SkillNameTaken,
    TooManySkills,
)
from servewell.apps.people.models import Skill, UserSkill

SKILLS = "/api/v1/people/skills"


def remembered(name):
    return [event.attributes for event in Event.objects.filter(activity=f"people.{name}").order_by("id")]


def skill(name, parent=None):
    return actions.define_skill(SYSTEM, name, parent=parent and parent.id)


def test_it_works():
    """A tree is made, a person is given levels, the journal keeps ids and numbers."""
    boss, lin = signed_in(person("boss", "manager")), person("lin")
    money = boss("POST", SKILLS, {"name": "退款", "description": "钱的事"}).json()
    part = boss("POST", SKILLS, {"name": "部分退款", "parent": money["id"]}).json()
    assert part["parent"] == money["id"]
    levels = [{"skill": money["id"], "level": 4}, {"skill": part["id"], "level": 2}]
    given = boss("PUT", f"/api/v1/people/users/{lin.id}/skills", {"skills": levels}).json()
    assert [(one["name"], one["level"]) for one in given] == [("退款", 4), ("部分退款", 2)] or len(given) == 2
    assert remembered("skills_changed") == [
        {"user": str(lin.id), "skills": sorted([money["id"], part["id"]]), "levels": [4, 2]}
    ]
    assert signed_in(lin)("GET", f"/api/v1/people/users/{lin.id}/skills").json() == given


def test_what_is_left_out_is_taken_away_and_what_is_so_stays():
    """The same again is no event; a row that stays keeps its time."""
    lin = person()
    refunds, billing = skill("Refunds"), skill("Billing")
    actions.set_skills(SYSTEM, lin.id, {refunds.id: 3, billing.id: 1})
    kept = UserSkill.objects.get(skill=refunds).set_at
    actions.set_skills(SYSTEM, lin.id, {refunds.id: 3})
    actions.set_skills(SYSTEM, lin.id, {refunds.id: 3})
    assert [(row.skill_id, row.level, row.set_at) for row in UserSkill.objects.all()] == [(refunds.id, 3, kept)]
    assert len(remembered("skills_changed")) == 2


def test_twenty_skills_cost_no_more_statements_than_two(django_assert_max_num_queries):
    """They are written together; one that is raised keeps its row."""
    lin, known = person(), [skill(f"Skill {number}") for number in range(20)]
    actions.set_skills(SYSTEM, lin.id, {known[0].id: 1})
    row = UserSkill.objects.get()
    with django_assert_max_num_queries(12):
        actions.set_skills(SYSTEM, lin.id, {one.id: 5 for one in known})
    assert UserSkill.objects.filter(user=lin, level=5).count() == 20
    assert UserSkill.objects.get(skill=known[0]).pk == row.pk


def test_a_tree_has_no_circles_and_is_not_endless():
    """Nothing stands below itself; six levels, also when a whole branch moves."""
    top = skill("1")
    chain = [top]
    for number in range(2, 7):
        chain.append(skill(str(number), chain[-1]))
    for below in (top, chain[1], chain[-1]):
        with pytest.raises(BadSkillTree):
            actions.change_skill(SYSTEM, top.id, parent=below.id)
    with pytest.raises(BadSkillTree):
        skill("7", chain[-1])
    other = skill("other")
    with pytest.raises(BadSkillTree):
        actions.change_skill(SYSTEM, top.id, parent=other.id)
    moved = actions.change_skill(SYSTEM, chain[1].id, parent=other.id)
    assert moved.parent_id == other.id
    assert actions.change_skill(SYSTEM, moved.id, parent=None).parent_id is None


def test_two_moves_at_once_make_no_circle(transactional_db):
    """Each below the other: one of them is told."""
    one, two = skill("one"), skill("two")
    pairs = [(one.id, two.id), (two.id, one.id)]
    given = at_once(2, lambda number: actions.change_skill(SYSTEM, pairs[number][0], parent=pairs[number][1]))
    assert sorted(type(result).__name__ for result in given) == ["BadSkillTree", "Skill"]


def test_names_differ_in_more_than_case(transactional_db):
    skill("Refunds")
    with pytest.raises(SkillNameTaken):
        skill(" refunds ")
    given = at_once(8, lambda number: skill("Billing"))
    assert sorted({type(result).__name__ for result in given}) == ["Skill", "SkillNameTaken"]
    assert Skill.objects.filter(name="Billing").count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_name_must_fit(name):
    with pytest.raises(BadPerson):
        skill(name)


def test_nobody_is_given_what_is_archived_but_who_has_it_keeps_it():
    old = skill("Fax")
    lin, wang = person("lin"), person("wang")
    actions.set_skills(SYSTEM, lin.id, {old.id: 5})
    actions.change_skill(SYSTEM, old.id, archived=True)
    with pytest.raises(SkillArchived):
        actions.set_skills(SYSTEM, wang.id, {old.id: 1})
    actions.set_skills(SYSTEM, lin.id, {old.id: 4})
    assert UserSkill.objects.get().level == 4
    actions.change_skill(SYSTEM, old.id, archived=False)
    actions.set_skills(SYSTEM, wang.id, {old.id: 1})


def test_levels_and_skills_must_be_there():
    lin = person()
    for level in (0, 6, -1):
        with pytest.raises(BadLevel):
            actions.set_skills(SYSTEM, lin.id, {skill(f"s{level}").id: level})
    with pytest.raises(NoSuchSkill):
        actions.set_skills(SYSTEM, lin.id, {ids.new(): 3})
    with pytest.raises(NoSuchSkill):
        actions.change_skill(SYSTEM, ids.new(), name="x")
    with pytest.raises(TooManySkills):
        actions.set_skills(SYSTEM, lin.id, {ids.new(): 3 for _ in range(101)})


def test_one_skill_has_one_level():
    boss, lin = signed_in(person("boss", "manager")), person("lin")
    one = str(skill("Refunds").id)
    path = f"/api/v1/people/users/{lin.id}/skills"
    twice = boss("PUT", path, {"skills": [{"skill": one, "level": 1}, {"skill": one, "level": 2}]})
    assert (twice.status_code, twice.json()["type"]) == (422, "/errors/people-skill-twice")
    assert boss("PUT", path, {"skills": [{"skill": one, "level": 9}]}).status_code == 422


def test_a_lead_sets_levels_of_the_team_only_and_no_skills_themselves():
    team = actions.create_team(SYSTEM, "Day")
    lead = signed_in(person("wang", "lead", teams=[team.id]))
    lin, stranger = person("lin", teams=[team.id]), person("zhao")
    one = {"skills": [{"skill": str(skill("Refunds").id), "level": 2}]}
    assert lead("PUT", f"/api/v1/people/users/{lin.id}/skills", one).status_code == 200
    assert lead("PUT", f"/api/v1/people/users/{stranger.id}/skills", one).status_code == 404
    assert lead("POST", SKILLS, {"name": "Mine"}).status_code == 403
