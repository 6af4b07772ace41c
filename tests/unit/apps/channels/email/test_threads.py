"""Are Message-IDs read as senders write them, and ours known by nobody's making but our own?"""

from uuid import uuid4

import pytest

from servewell.apps.channels.email import threads


def test_it_works() -> None:
    """Our own Message-ID tells its message, as it stands and anywhere in a text."""
    message = uuid4()
    name = threads.name_of(message, "shop.example")
    assert name == threads.name_of(message, "shop.example")
    assert threads.ours(name) == message
    assert list(threads.all_ours(f"It said <{name.upper()}> and {name}.")) == [message, message]


def test_forged() -> None:
    """Nobody without our key makes one."""
    name = threads.name_of(uuid4(), "shop.example")
    other = uuid4().hex + name[32:]
    assert threads.ours(other) is None
    assert threads.ours("0" * 32 + "." + "0" * 16 + ".sw@shop.example") is None


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("<a@b>", ["a@b"]),
        (" <a@b>\r\n\t<c@d> ", ["a@b", "c@d"]),
        ("<a@b><c@d>", ["a@b", "c@d"]),
        ("<a@b> <a@b>", ["a@b"]),
        ("a@b", ["a@b"]),  # without its brackets
        ("Your mail <a@b> of Tuesday", ["a@b"]),
        ("<no at>", []),
        ("<a\x00b@c>", []),
        ("<<what is this>", []),
        ("<" + "a" * 2000 + "@b>", []),
        ("", []),
    ],
)
def test_names(header: str, names: list[str]) -> None:
    """What can be a Message-ID, each once."""
    assert threads.names(header) == names


def test_nearest_first() -> None:
    """What a mail answers directly, then what that answered."""
    assert threads.answered("<c@x>", "<a@x> <b@x> <c@x>") == ["c@x", "b@x", "a@x"]
    assert len(threads.answered("", " ".join(f"<{n}@x>" for n in range(5000)))) == threads.MOST
