"""What does the server say, and in which language?"""

import pytest

from servewell.apps.base import settings, texts
from servewell.apps.base.errors import AddressRefused, AttachmentTooLarge, BadCursor


def test_it_works() -> None:
    assert texts.say("base.error.bad-cursor", "en").startswith("This page link")
    assert texts.say("base.error.bad-cursor") == "这个分页链接已失效，请回到第一页重新查看。"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("EN_us", "en"),
        ("zh-CN", "zh-Hans"),
        ("zh_Hans", "zh-Hans"),
        ("fr", "zh-Hans"),  # not ours: the default
        ("english", "zh-Hans"),  # no tag
        ("", "zh-Hans"),
        (None, "zh-Hans"),
    ],
)
def test_any_tag_maps_to_a_language_we_have(tag: str | None, language: str) -> None:
    assert texts.nearest(tag) == language


def test_an_unknown_key_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        texts.say("base.error.no-such-thing", "en")
    assert not texts.known("base.error.no-such-thing")


def test_both_languages_say_the_same_things() -> None:
    assert texts.catalogue("en").keys() == texts.catalogue("zh-Hans").keys()


def test_an_error_is_a_problem_with_a_name_a_status_and_a_sentence() -> None:
    assert AttachmentTooLarge(megabytes=25).problem("en") == {
        "type": "/errors/base-attachment-too-large",
        "title": "The file is larger than 25 MB. Please send a smaller one, or share a link to it.",
        "status": 413,
        "megabytes": 25,
    }


def test_the_reason_of_a_refused_address_is_said_in_words() -> None:
    error = AddressRefused(host="localhost", reason="inside")
    assert "it leads into the internal network" in error.sentence("en")
    assert "它指向内部网络" in error.sentence("zh-Hans")


def test_an_error_reads_in_english_in_the_log() -> None:
    assert str(BadCursor()).startswith("This page link")


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_setting_has_a_name(language: str) -> None:
    keys = [".setting.".join(definition.name.split(".", 1)) for definition in settings.defined()]
    assert "base.setting.outbound_allowed" in keys
    assert [key for key in keys if key not in texts.catalogue(language)] == []
