"""What do tests of the widget have? A street of shops, visitors with browsers, and an agent who answers."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests import build
from tests.browser.conftest import Site, Watch, observe
from tests.browser.widget.shop import Shop


class Street:
    """Shops on origins of their own, and those who look at them."""

    def __init__(self, site: Site, browser: Browser, watch: Watch) -> None:
        self.site, self.browser, self.watch = site, browser, watch
        self.shops: list[Shop] = []
        self.contexts: list[BrowserContext] = []

    def chat(self, team: Any = None, **options: Any) -> Any:
        """Store a chat that any page may talk to."""
        from servewell.apps.channels.frame.models import Account

        named = {"title_zh": "海港茶店", "origins": ["*"], **options}
        return Account.objects.create(
            channel="webchat", name="海港茶店", team=team or build.team("茶店"), options=named
        )

    def shop(self, chat: Any, via: str = "", **more: Any) -> Shop:
        """Open a shop with this chat, reached by a line of one's own or straight."""
        self.shops.append(Shop(via or self.site.url, chat.id, **more))
        return self.shops[-1]

    def visit(self, shop: Shop, beside: Page | None = None, **options: Any) -> Page:
        """Look at a shop with a new browser, or in the browser of another page."""
        context = beside.context if beside else self._browser(options)
        page = context.new_page()
        observe(page, (shop.url, shop.site), self.watch)
        page.goto(shop.url)
        return page

    def close(self) -> None:
        """Close all browsers and shops."""
        for context in self.contexts:
            context.close()
        for shop in self.shops:
            shop.close()

    def _browser(self, options: dict[str, Any]) -> BrowserContext:
        usual = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": {"width": 1000, "height": 760}}
        context = self.browser.new_context(**(usual | options))
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        return context


@pytest.fixture
def street(site: Site, browser: Browser, watch: Watch) -> Iterator[Street]:
    """A page fails its test when its console shows what nobody expects, or anybody else is asked."""
    opened = Street(site, browser, watch)
    yield opened
    opened.close()
    assert watch.unexpected() == []


@pytest.fixture
def lin(site: Site) -> Any:
    """Return an agent of the team."""
    from servewell.apps.people.models import User

    found = User.objects.filter(username="widget-lin").first()
    return (found or build.person("widget-lin", "agent", build.team("茶店"), name="林晓")).principal()
