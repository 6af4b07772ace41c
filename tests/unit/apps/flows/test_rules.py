"""Does a rule fit exactly the contacts that it describes?"""

from typing import Any
from uuid import uuid4

import pytest

from servewell.apps.flows.rules import Conditions, Contact, fits, missed

MAILBOX = uuid4()
MAIL = Contact(
    channel="email",
    account=MAILBOX,
    language="zh-Hans",
    subject="我要退款",
    text="I would like a Refund for order SO-7, please.",
    recipient="Returns@Example.com",
    tier="gold",
    fields={"topic": "refund", "items": ["a", "b"], "paid": True, "total": 12.0},
)


def test_it_works() -> None:
    """Without conditions a rule fits everything; each that is made must hold."""
    assert fits(Conditions(), MAIL)
    assert fits(Conditions(channels=("email",), tiers=("gold",)), MAIL)
    assert not fits(Conditions(channels=("email",), tiers=("silver",)), MAIL)


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        (Conditions(channels=("chat", "email")), True),  # any of the values
        (Conditions(channels=("chat",)), False),
        (Conditions(accounts=(uuid4(), MAILBOX)), True),
        (Conditions(accounts=(uuid4(),)), False),
        (Conditions(languages=("zh",)), True),  # a language holds for its variants
        (Conditions(languages=("ZH-hans",)), True),
        (Conditions(languages=("zh-Hant",)), False),
        (Conditions(languages=("z",)), False),
        (Conditions(addresses=("returns@example.com",)), True),
        (Conditions(addresses=("@example.com",)), True),  # all of a domain
        (Conditions(addresses=("@ample.com",)), False),
        (Conditions(tiers=("silver", "gold")), True),
        (Conditions(fields={"topic": ("Refund",)}), True),
        (Conditions(fields={"items": ("b",)}), True),  # one of several choices
        (Conditions(fields={"paid": ("true",), "total": ("12",)}), True),
        (Conditions(fields={"topic": ("refund",), "missing": ("x",)}), False),  # every field that is named
    ],
)
def test_each_condition_holds_for_what_it_names(conditions: Conditions, holds: bool) -> None:
    assert fits(conditions, MAIL) is holds


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("refund", "A REFUND, please", True),  # in any case
        ("refund", "ｒｅｆｕｎｄ", True),  # and width
        ("art", "start", False),  # whole words
        ("start", "art", False),
        ("refund", "refunds", False),
        ("refund*", "refunds", True),  # a beginning
        ("refund*", "prefund", False),
        ("where is", "Where\n  is it?", True),  # spaces count once
        ("退款", "请尽快给我退款好吗", True),  # scripts without spaces: anywhere
        ("VIP", "我是VIP客户", True),  # a word in Chinese text stands alone
        ("VIP", "VIPS", False),
        ("c++", "I like c++ a lot", True),  # what is no letter needs no edge
        ("a.b", "axb", False),  # nothing is a pattern
        ("straße", "STRASSE", True),
        ("返品", "返品したい", True),
    ],
)
def test_words_are_found_as_people_mean_them(word: str, text: str, found: bool) -> None:
    assert fits(Conditions(words=(word,)), Contact("chat", text=text)) is found


@pytest.mark.parametrize(("where", "found"), [("anywhere", True), ("subject", True), ("text", False)])
def test_words_are_looked_for_where_the_rule_says(where: str, found: bool) -> None:
    contact = Contact("email", subject="Refund", text="Hello")
    assert fits(Conditions(words=("refund",), words_in=where), contact) is found


def test_what_does_not_hold_is_named() -> None:
    """For the screen that tries rules."""
    wanted = Conditions(channels=("chat",), words=("退款",), tiers=("silver",))
    assert missed(wanted, MAIL) == ["channels", "tiers"]


@pytest.mark.parametrize(
    "made",
    [
        Conditions(),
        Conditions(accounts=(MAILBOX,), words=("a",), words_in="text", fields={"topic": ("a", "b")}),
    ],
)
def test_conditions_come_back_as_they_were_stored(made: Conditions) -> None:
    import json

    stored: dict[str, Any] = json.loads(json.dumps(made.stored()))
    assert Conditions.of(stored) == made
    assert "words_in" not in Conditions(words_in="text").stored()
