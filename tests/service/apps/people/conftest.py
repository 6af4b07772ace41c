"""A quick hash: the slow one is Django's and guards nothing here."""

import pytest


@pytest.fixture(autouse=True)
def _quick_hash(settings: pytest.FixtureRequest) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
