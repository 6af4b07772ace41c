"""Mail tests keep their files in a folder of their own."""

from typing import Any

import pytest
import pytest_django
from tests.mailhouse import address, dovecot, house, smtp
from tests.service.apps.channels.email import postbox

from servewell.apps.channels.email import owned
from servewell.apps.channels.frame.models import Account

__all__ = ["address", "dovecot", "house", "smtp"]


@pytest.fixture(autouse=True)
def _files(settings: pytest_django.Settings, tmp_path: Any) -> None:
    settings.DATA = tmp_path
    owned.forget()


@pytest.fixture
def box(db: None) -> Account:
    return postbox.mailbox()
