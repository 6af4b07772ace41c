"""What do browser tests have? The whole site, fresh people, and pages that fail on what nobody would see.

`page` is signed out; `as_manager` and `as_administrator` are signed in as somebody of their own. A page fails its
test when the console shows an error (a broken content policy is one), or anything but our own site is asked.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect
from tests.browser import chromium, live_site

PASSWORD = "correct-horse-7-battery"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop in this thread; the ORM does not mind
_numbers = itertools.count(1)
expect.set_options(timeout=10_000)  # ms; a machine that runs other tests besides


@dataclass
class Site:
    """The running site."""

    url: str
    data: Path  # its folder


@dataclass
class Watch:
    """What went wrong on a page without being asked for; a test may say what it expects."""

    found: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)  # parts of messages that are meant

    def unexpected(self) -> list[str]:
        return [one for one in self.found if not any(part in one for part in self.expected)]


@dataclass
class Person:
    """Somebody who can sign in."""

    username: str
    cookie: str  # of a session of theirs


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": chromium.executable(), "args": chromium.arguments()}


@pytest.fixture(scope="session")
def site(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    database = {"SERVEWELL_DATABASE_URL": os.environ["SERVEWELL_DATABASE_URL"]}
    data = Path(os.environ["SERVEWELL_DATA"])  # ours and the site's: the key that signs sessions lies there
    with django_db_blocker.unblock(), live_site.running(data, folder / "up.log", environment=database) as url:
        yield Site(url, data)


@pytest.fixture
def make_person(site: Site) -> Callable[..., Person]:
    """Return how to make a person of a role, with a session."""
    from django.conf import settings
    from django.test import Client

    from servewell.apps.base.principal import SYSTEM
    from servewell.apps.people import actions

    def made(role: str = "manager", **fields: Any) -> Person:
        username = f"{role}{next(_numbers)}"
        wanted = {"role": role, "name": "周宁", "language": "zh-Hans"} | fields
        user = actions.create_user(SYSTEM, username, PASSWORD, **wanted)
        client = Client()
        client.force_login(user)
        return Person(username, client.cookies[settings.SESSION_COOKIE_NAME].value)

    return made


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def open_context(browser: Browser, site: Site, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Return how to open a browser of one's own (cookies, storage, size), signed in as a person where one is given."""
    contexts: list[BrowserContext] = []

    def opened(person: Person | None = None, *, width: int = 1280, height: int = 800, **options: Any) -> BrowserContext:
        options = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"} | options
        context = browser.new_context(base_url=site.url, viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(10_000)
        context.on("page", lambda page: observe(page, site.url, watch))
        if person:
            context.add_cookies([{"name": "sw_session", "value": person.cookie, "url": site.url}])
        contexts.append(context)
        return context

    yield opened
    for context in contexts:
        context.close()
    assert watch.unexpected() == []


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    return open_context().new_page()


@pytest.fixture
def as_manager(open_context: Callable[..., BrowserContext], make_person: Callable[..., Person]) -> Page:
    return open_context(make_person("manager")).new_page()


@pytest.fixture
def as_administrator(open_context: Callable[..., BrowserContext], make_person: Callable[..., Person]) -> Page:
    return open_context(make_person("administrator")).new_page()


def observe(page: Page, url: str, watch: Watch) -> None:
    """Note errors in the console, uncaught exceptions, and requests to anybody else."""

    def console(message: ConsoleMessage) -> None:
        if message.type == "error":
            watch.found.append(f"console: {message.text} ({message.location.get('url', '')})")

    def request(sent: Request) -> None:
        if urlsplit(sent.url).scheme in {"http", "https", "ws", "wss"} and not sent.url.startswith(url):
            watch.found.append(f"outside request: {sent.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: watch.found.append(f"exception: {error}"))
    page.on("request", request)
