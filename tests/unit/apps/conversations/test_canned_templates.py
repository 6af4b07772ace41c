"""How is a reply with places read and filled?"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.conversations.canned import templates
from servewell.apps.conversations.canned.templates import Fault, Filled, Place

NAMES = st.sampled_from(["customer.name", "agent.name", "customer.attribute.vip_level", "conversation.field.order-no"])
WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="{}\\"), max_size=20)
PLACES = st.builds(lambda name, instead: f"{{{{{name}|{instead}}}}}" if instead else f"{{{{{name}}}}}", NAMES, WORDS)


def filled(text: str, **values: str) -> Filled:
    parts = templates.parse(text)
    assert not isinstance(parts, Fault)
    return templates.filled(parts, {name.replace("_", "."): value for name, value in values.items()})


def test_it_works() -> None:
    said = filled(
        "您好，{{customer.name}}！\n订单 {{ conversation.number }}", customer_name="王芳", conversation_number="#1042"
    )
    assert said == Filled("您好，王芳！\n订单 #1042", "您好，王芳！<br>订单 #1042", [])


@pytest.mark.parametrize(
    ("text", "said", "missing"),
    [
        ("Hi {{customer.name}}!", "Hi !", ["customer.name"]),
        ("{{customer.name|您}}好", "您好", ["customer.name"]),
        ("{{customer.name| dear customer }},", "dear customer,", ["customer.name"]),
        ("{{customer.name|}}.", ".", ["customer.name"]),
        ("{{customer.name}} {{customer.name}} {{team.name}}", "  ", ["customer.name", "team.name"]),
        ("{{customer.name|a|b}}", "a|b", ["customer.name"]),
    ],
)
def test_what_is_not_known_is_told(text: str, said: str, missing: list[str]) -> None:
    assert (filled(text).text, filled(text).missing) == (said, missing)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no places", "no places"),
        ("{ one } {brace}", "{ one } {brace}"),
        ("a }} b", "a }} b"),
        (r"\{{customer.name}}", "{{customer.name}}"),  # not a place
        ("", ""),
    ],
)
def test_what_is_no_place_stays(text: str, said: str) -> None:
    assert filled(text).text == said


def test_what_is_filled_in_is_not_read_again() -> None:
    """A customer who calls herself a place learns nothing."""
    assert filled("{{customer.name}}", customer_name="{{agent.name}}", agent_name="secret").text == "{{agent.name}}"


def test_a_name_that_is_html_is_words() -> None:
    said = filled("<b>{{customer.name}}</b>", customer_name="<script>alert('1')</script>")
    assert said.text == "<b><script>alert('1')</script></b>"
    assert said.html == "&lt;b&gt;&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;&lt;/b&gt;"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Hi {{customer.name", Fault("open", 1, 4, "{{customer.name")),
        ("a\nbc {{customer.name\n}", Fault("open", 2, 4, "{{customer.name")),
        ("{{}}", Fault("name", 1, 1, "{{}}")),
        ("{{customer}name}}", Fault("open", 1, 1, "{{customer}name}}")),
        ("{{Customer Name}}", Fault("name", 1, 1, "{{Customer Name}}")),
        ("{{customer.name.__class__}}", Fault("unknown", 1, 1, "{{customer.name.__class__}}")),
        ("{{7*7}}", Fault("name", 1, 1, "{{7*7}}")),
        ("{% if x %}{{no.such}}", Fault("unknown", 1, 11, "{{no.such}}")),
        ("{{{customer.name}}}", Fault("open", 1, 1, "{{{customer.name}}}")),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, fault: Fault) -> None:
    assert templates.checked(text, {"customer.name"}.__contains__) == fault


@given(st.lists(WORDS | PLACES, max_size=10).map("".join))
def test_words_and_places_come_out_in_their_order(text: str) -> None:
    parts = templates.parse(text)
    assert not isinstance(parts, Fault)
    assert all(left != "" for left in parts)
    values = {
        "customer.name": "A",
        "agent.name": "B",
        "customer.attribute.vip_level": "C",
        "conversation.field.order-no": "D",
    }
    said = templates.filled(parts, values)
    assert said.missing == []
    assert said.text == "".join(part if isinstance(part, str) else values[part.name] for part in parts)
    rebuilt = "".join(
        part if isinstance(part, str) else text[part.at :].split("}}", maxsplit=1)[0] + "}}" for part in parts
    )
    assert rebuilt == text


@given(st.text(max_size=100))
def test_any_text_is_read_or_its_fault_told(text: str) -> None:
    read = templates.parse(text)
    if isinstance(read, Fault):
        assert text.split("\n")[read.line - 1][read.column - 1 :].startswith("{{")
    else:
        assert all(isinstance(part, str | Place) for part in read)


@given(st.text(alphabet="{}|\\ a.\n", max_size=60))
def test_a_soup_of_braces_never_bursts(text: str) -> None:
    templates.parse(text)


@given(st.dictionaries(NAMES, st.text(max_size=20)))
def test_no_markup_of_a_value_comes_through(values: dict[str, str]) -> None:
    parts = templates.parse("{{customer.name}}{{agent.name}}")
    assert not isinstance(parts, Fault)
    assert "<" not in templates.filled(parts, values).html.replace("<br>", "")


def test_a_long_soup_takes_a_moment() -> None:
    began = time.process_time()
    for soup in ("{{" * 10_000, "{{a" * 7_000, "{{" + "a" * 20_000, "\\" * 20_000):
        templates.parse(soup)
    assert time.process_time() - began < 1
