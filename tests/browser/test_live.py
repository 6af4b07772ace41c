"""Do all tabs of a browser share one stream, and does it go on when a tab closes?"""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.conftest import Person, Watch


def streams(context: BrowserContext) -> list[str]:
    """Return the addresses of the streams that this browser opens from now on."""
    opened: list[str] = []
    context.on("request", lambda request: opened.append(request.url) if "/stream" in request.url else None)
    return opened


def connected(page: Page) -> None:
    expect(page.get_by_role("button", name="打开个人菜单").locator(".dot.open")).to_be_visible()


def test_signing_out_in_one_tab_ends_all(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person], watch: Watch
) -> None:
    """No tab goes on showing, or hearing, what its person may no longer see."""
    watch.expected.append("status of 401")  # how a session says that it has ended
    context = open_context(make_person())
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto("/account")
        connected(page)
    second.get_by_role("button", name="打开个人菜单").click()
    second.get_by_role("button", name="退出登录").click()
    for page in (first, second):
        expect(page.get_by_role("heading", name="登录善待")).to_be_visible()


def test_two_tabs_have_one_connection(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person]
) -> None:
    """Both say that they are connected; one stream was asked for. The second takes over when the first closes."""
    context = open_context(make_person())
    opened = streams(context)
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto("/account")
        connected(page)
    assert len(opened) == 1
    first.close()
    connected(second)
    second.wait_for_function("() => navigator.locks.query().then(({held}) => held.length === 1)")
    second.wait_for_timeout(300)
    assert len(opened) == 2
