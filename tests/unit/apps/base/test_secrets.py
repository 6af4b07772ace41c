"""How do passwords of other systems lie in the database?"""

import pytest
import pytest_django
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.base import secrets


def test_it_works() -> None:
    sealed = secrets.seal("pässwörd 密码")
    assert "pässwörd" not in sealed
    assert secrets.open_(sealed) == "pässwörd 密码"


@given(st.text())
def test_every_text_comes_back(plain: str) -> None:
    if plain.isascii() or plain.encode(errors="ignore").decode() == plain:
        assert secrets.open_(secrets.seal(plain)) == plain


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert secrets.seal("x") != secrets.seal("x")


def test_an_old_key_still_opens_and_is_stale(settings: pytest_django.Settings) -> None:
    settings.SECRET_KEY = "the old key"
    sealed = secrets.seal("x")
    assert not secrets.is_stale(sealed)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new key", ["the old key"]
    assert secrets.open_(sealed) == "x"
    assert secrets.is_stale(sealed)
    assert not secrets.is_stale(secrets.seal("x"))


def test_a_mark_tells_texts_apart_and_outlives_a_change_of_keys(settings: pytest_django.Settings) -> None:
    settings.SECRET_KEY = "the old key"
    marked = secrets.mark("x")
    assert len(marked) == 64
    assert secrets.is_mark_of("x", marked)
    assert not secrets.is_mark_of("y", marked)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new key", ["the old key"]
    assert secrets.is_mark_of("x", marked)
    assert secrets.mark("x") != marked
    settings.SECRET_KEY_FALLBACKS = []
    assert not secrets.is_mark_of("x", marked)


def test_another_installation_cannot_open_it(settings: pytest_django.Settings) -> None:
    sealed = secrets.seal("x")
    settings.SECRET_KEY = "another installation's"
    with pytest.raises(secrets.Unopenable, match="no key named"):
        secrets.open_(sealed)


@pytest.mark.parametrize("altered", ["", ":", "nonsense", "é:é"])
def test_nonsense_is_unopenable(altered: str) -> None:
    with pytest.raises(secrets.Unopenable):
        secrets.open_(altered)


def test_an_altered_text_is_unopenable() -> None:
    sealed = secrets.seal("x")
    middle = len(sealed) // 2
    other = "A" if sealed[middle] != "A" else "B"
    with pytest.raises(secrets.Unopenable, match="altered"):
        secrets.open_(sealed[:middle] + other + sealed[middle + 1 :])


def test_a_key_name_with_a_token_that_is_not_ascii_is_unopenable() -> None:
    name = secrets.seal("x").partition(":")[0]
    with pytest.raises(secrets.Unopenable):
        secrets.open_(f"{name}:密")
