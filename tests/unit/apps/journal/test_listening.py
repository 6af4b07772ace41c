"""Who may hear what?"""

import pytest

from servewell.apps.journal import listening
from servewell.apps.journal.floors import FLOORS, room_of, room_of_module


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "_listeners", {})


def listener(room: str) -> listening.Listener:
    def hear(event: object, recorded: object) -> None:
        pass

    hear.__module__ = f"servewell.apps.{room}.listeners"
    return hear


def test_it_works() -> None:
    """Who registered is told, lowest floor first; neighbours in the order of their names."""
    flows, promises, feedback = listener("flows"), listener("promises"), listener("feedback")
    for each in (flows, promises, feedback):
        listening.listens("conversation.solved", "conversation.opened")(each)
    assert listening.of("conversation.solved") == [feedback, promises, flows]
    assert listening.rooms_listening("conversation.opened") == ["feedback", "promises", "flows"]
    assert listening.of("conversation.closed") == []


def test_registering_twice_is_hearing_once() -> None:
    flows = listener("flows")
    listening.listens("conversation.opened")(flows)
    listening.listens("conversation.opened")(flows)
    assert listening.of("conversation.opened") == [flows]


@pytest.mark.parametrize("module", ["tests.x", "servewell.site.api", "servewell.engines.x", "servewell.apps.kitchen.x"])
def test_only_rooms_listen(module: str) -> None:
    with pytest.raises(ValueError, match="in no room"):
        room_of_module(module)


def test_every_room_of_the_house_has_a_floor() -> None:
    from django.apps import apps

    ours = [app.name for app in apps.get_app_configs() if app.name.startswith("servewell.apps.")]
    assert {room_of_module(name) for name in ours} <= FLOORS.keys()


@pytest.mark.parametrize(
    ("event", "room"),
    [
        ("conversation.opened", "conversations"),
        ("flow.started", "flows"),
        ("people.signed_in", "people"),
        ("journal.x", "journal"),
    ],
)
def test_a_noun_names_its_room(event: str, room: str) -> None:
    assert room_of(event) == room
