"""Who hears what happens? Unstored events, by the team, teams or person that their data names."""

import json
from uuid import UUID

import pytest

from servewell.apps.base import live
from servewell.apps.base.principal import Principal
from servewell.site.live_feed import Message, messages

ME, OTHER, TEAM, THEIRS = (UUID(int=number) for number in range(1, 5))


def said(event: str, **data: object) -> Message:
    (message,) = messages(live.CHANNEL, json.dumps({"event": event, "data": data}))
    return message


def agent(role: str = "agent", **more: object) -> Principal:
    return Principal("agent", ME, role, frozenset({TEAM}), **more)  # type: ignore[arg-type]


def test_it_works() -> None:
    """An agent hears of their own team, a manager of all."""
    ours, theirs = said("presence", team=str(TEAM)), said("presence", team=str(THEIRS))
    assert ours.is_visible_to(agent())
    assert not theirs.is_visible_to(agent())
    assert theirs.is_visible_to(agent("manager"))


@pytest.mark.parametrize(
    ("data", "heard"),
    [
        ({"teams": [str(THEIRS), str(TEAM)]}, True),  # any of several teams
        ({"teams": [str(THEIRS)]}, False),
        ({"teams": []}, False),
        ({"owner": str(ME), "teams": []}, True),  # one's own, on another screen
        ({"owner": str(OTHER), "teams": []}, False),
        ({"owner": str(OTHER), "team": str(TEAM)}, True),
        ({"team": None, "teams": None, "owner": None}, False),
        ({}, False),  # of nobody in particular: for those of scope `all`
    ],
)
def test_a_colleague_hears_what_is_theirs(data: dict[str, object], heard: bool) -> None:
    assert said("presence", **data).is_visible_to(agent()) is heard
    assert said("presence", **data).is_visible_to(agent("auditor"))


def test_a_customer_or_a_stranger_hears_nothing() -> None:
    for stranger in (Principal("customer", ME), Principal("agent", ME, "emperor")):
        assert not said("presence", owner=str(ME), team=str(TEAM)).is_visible_to(stranger)


def test_what_is_said_goes_out_as_it_is() -> None:
    text = said("presence", user=str(ME), presence="away").text.decode()
    assert text == f'event: presence\ndata: {{"user":"{ME}","presence":"away"}}\n\n'


def test_what_nobody_knows_is_dropped() -> None:
    assert messages(live.CHANNEL, json.dumps({"event": "rumour", "data": {}})) == []
