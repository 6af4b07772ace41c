"""Is the frame around every page usable by hand, by key, in both languages and at any width?"""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.conftest import Person, Watch

PAGES = ("/process", "/logs", "/account", "/nowhere")


def theme(page: Page) -> str | None:
    return page.locator("html").get_attribute("data-theme")


def test_it_works(as_manager: Page) -> None:
    """The rail leads to each page, and the tab's title says where one is."""
    as_manager.goto("/")
    rail = as_manager.get_by_role("navigation", name="主导航")
    rail.get_by_role("link", name="日志").click()
    expect(as_manager).to_have_title("日志 · Servewell 善待")
    rail.get_by_role("link", name="设置").click()
    expect(as_manager).to_have_title("设置 · Servewell 善待")
    expect(rail.get_by_role("link", name="设置")).to_have_attribute("aria-current", "page")
    expect(rail.get_by_role("link", name="用户")).to_have_count(0)


def test_only_administrators_are_led_to_the_people(as_administrator: Page) -> None:
    """The rail shows what works for this person."""
    as_administrator.goto("/account")
    expect(as_administrator.get_by_role("link", name="用户")).to_have_attribute("href", "/admin/")


def test_language_and_theme_are_kept_on_the_server(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person]
) -> None:
    """What was chosen here is so on another computer; the first paint already has it after a reload."""
    person = make_person()
    page = open_context(person).new_page()
    page.goto("/account")
    page.get_by_role("button", name="深色").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Language and appearance")).to_be_visible()
    assert theme(page) == "dark"
    page.reload(wait_until="commit")
    page.wait_for_function("document.documentElement?.dataset.theme === 'dark'")
    elsewhere = open_context(person).new_page()
    elsewhere.goto("/account")
    expect(elsewhere.get_by_role("heading", name="Language and appearance")).to_be_visible()
    assert theme(elsewhere) == "dark"


def test_what_was_chosen_before_signing_in_stays(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person], watch: Watch
) -> None:
    """English chosen on the sign-in page outweighs what the account remembered."""
    watch.expected.append("status of 401")
    person = make_person()
    page = open_context().new_page()
    page.goto("/sign-in?next=/account")
    page.get_by_role("button", name="English").click()
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password", exact=True).fill("correct-horse-7-battery")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Language and appearance")).to_be_visible()


def test_keys_are_listed_and_work(as_manager: Page) -> None:
    """`?` lists them, Esc closes the list, `g l` goes to the logs."""
    as_manager.goto("/account")
    expect(as_manager.get_by_role("heading", name="个人资料")).to_be_visible()
    as_manager.keyboard.press("?")
    dialog = as_manager.get_by_role("dialog", name="键盘操作")
    expect(dialog.get_by_text("打开日志")).to_be_visible()
    as_manager.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    as_manager.keyboard.press("g")
    as_manager.keyboard.press("l")
    expect(as_manager.get_by_role("heading", name="日志", exact=True)).to_be_visible()


def test_keys_do_nothing_while_typing(as_manager: Page) -> None:
    """A question mark typed into a field is a question mark."""
    as_manager.goto("/account")
    as_manager.get_by_label("称呼").fill("")
    as_manager.get_by_label("称呼").press_sequentially("g l?")
    expect(as_manager.get_by_label("称呼")).to_have_value("g l?")
    expect(as_manager.get_by_role("dialog")).to_have_count(0)


def test_the_palette_finds_and_does(as_manager: Page) -> None:
    """Ctrl+K, a few letters, Enter."""
    as_manager.goto("/account")
    expect(as_manager.get_by_role("heading", name="个人资料")).to_be_visible()
    as_manager.keyboard.press("Control+k")
    as_manager.get_by_role("combobox").fill("dark")
    as_manager.keyboard.press("Enter")
    expect(as_manager.locator("html")).to_have_attribute("data-theme", "dark")
    as_manager.keyboard.press("Control+k")
    as_manager.get_by_role("combobox").fill("日志")
    as_manager.keyboard.press("Enter")
    expect(as_manager.get_by_role("heading", name="日志", exact=True)).to_be_visible()


def test_the_first_tab_stop_skips_to_the_content(as_manager: Page) -> None:
    """Who uses the keyboard need not walk through the rail."""
    as_manager.goto("/account")
    expect(as_manager.get_by_role("heading", name="个人资料")).to_be_visible()
    as_manager.keyboard.press("Tab")
    expect(as_manager.get_by_role("link", name="跳到正文")).to_be_focused()
    as_manager.keyboard.press("Enter")
    expect(as_manager.locator("main")).to_be_focused()


def test_a_wrong_address_says_so(as_manager: Page) -> None:
    """And leads back."""
    as_manager.goto("/nowhere")
    expect(as_manager.get_by_role("heading", name="没有这一页")).to_be_visible()


def test_being_offline_is_told(as_manager: Page, watch: Watch) -> None:
    """A banner comes and goes with the network."""
    watch.expected.append("ERR_INTERNET_DISCONNECTED")
    as_manager.goto("/account")
    expect(as_manager.get_by_role("heading", name="个人资料")).to_be_visible()
    as_manager.context.set_offline(True)
    expect(as_manager.get_by_text("网络已断开")).to_be_visible()
    as_manager.context.set_offline(False)
    expect(as_manager.get_by_text("网络已断开")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_nothing_scrolls_sideways_on_a_phone(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person], language: str
) -> None:
    """At 390 px each page fits, and the bar at the bottom leads on."""
    page = open_context(make_person("administrator", language=language), width=390, height=844).new_page()
    for address in PAGES:
        page.goto(address)
        expect(page.locator("main")).not_to_be_empty()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
