"""What tests of the chat share."""

import pytest
from tests import build
from tests.service.apps.channels.webchat.widget import chat

from servewell.apps.channels.webchat import desk


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path):
    settings.DATA = tmp_path
    desk._paces.clear()


@pytest.fixture
def site(request):
    """A chat of the front desk."""
    return chat()


@pytest.fixture
def lin(request):
    """An agent of the front desk, as they act."""
    return build.person("lin", "agent", build.team()).principal()
