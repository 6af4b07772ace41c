"""Does a person get in, and nobody else?"""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.conftest import PASSWORD, Person, Site, Watch
from tests.browser.totp import code

SIGNED_OUT = "status of 401"  # the browser itself notes it in the console


@pytest.fixture(autouse=True)
def _signed_out_is_meant(watch: Watch) -> None:
    watch.expected.append(SIGNED_OUT)


def give(page: Page, username: str, password: str = PASSWORD) -> None:
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def prove(page: Page) -> None:
    """Give the password once more, as is asked before sign-in is changed."""
    dialog = page.get_by_role("dialog", name="请再输一次密码")
    dialog.get_by_label("密码").fill(PASSWORD)
    dialog.get_by_role("button", name="继续").click()


def test_it_works(page: Page, make_person: Callable[..., Person]) -> None:
    """Who opens a page signed out signs in and is there."""
    page.goto("/logs")
    expect(page).to_have_title("登录 · Servewell 善待")
    give(page, make_person().username)
    expect(page.get_by_role("heading", name="日志", exact=True)).to_be_visible()
    assert urlsplit(page.url).path == "/logs"


def test_a_wrong_password_is_told_in_a_sentence(page: Page, make_person: Callable[..., Person], watch: Watch) -> None:
    """The page stays, says what to do, and forgets nothing that was typed but the password."""
    watch.expected.append("status of 400")
    page.goto("/sign-in")
    give(page, make_person().username, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    expect(page.get_by_label("用户名")).not_to_have_value("")


def test_signing_in_never_leads_to_another_site(page: Page, make_person: Callable[..., Person], site: Site) -> None:
    """An address planted in `next` is not followed."""
    page.goto("/sign-in?next=//example.com/steal")
    give(page, make_person().username)
    expect(page.get_by_role("navigation", name="主导航")).to_be_visible()
    assert page.url.startswith(f"{site.url}/process")


def test_a_second_step_is_set_up_asked_for_and_switched_off(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person], watch: Watch
) -> None:
    """The whole life of a second step: picture and key, a code, recovery codes, sign-in with either, off."""
    watch.expected += ["status of 404", "status of 400"]  # "none set up yet" and a wrong code are answers
    person = make_person()
    page = open_context().new_page()
    page.goto("/sign-in?next=/account")
    give(page, person.username)
    page.get_by_role("button", name="开启两步验证").click()
    expect(page.get_by_role("img", name="身份验证器二维码")).to_be_visible()
    secret = page.locator(".secret code").inner_text().replace(" ", "")
    page.get_by_label("验证码").fill(code(secret))
    page.get_by_role("button", name="开启", exact=True).click()
    prove(page)
    codes = page.get_by_role("list", name="恢复码").locator("code")
    expect(codes).to_have_count(10)
    recovery = codes.all_inner_texts()
    page.get_by_role("button", name="我已保存").click()
    expect(page.get_by_text("已开启")).to_be_visible()

    other = open_context().new_page()
    other.goto("/sign-in?next=/account")
    give(other, person.username)
    other.get_by_label("验证码").fill("000000")
    other.get_by_role("button", name="验证", exact=True).click()
    expect(other.get_by_role("alert")).to_contain_text("验证码不对")
    other.get_by_role("button", name="用恢复码").click()
    other.get_by_label("恢复码").fill(recovery[0])
    other.get_by_role("button", name="验证", exact=True).click()
    expect(other.get_by_role("heading", name="两步验证")).to_be_visible()
    other.get_by_role("button", name="关闭两步验证").click()
    prove(other)
    expect(other.get_by_text("未开启")).to_be_visible()


def test_an_ended_session_leads_to_sign_in_and_back(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person]
) -> None:
    """Whoever was thrown out reads why, and is back where they were afterwards."""
    person = make_person()
    context = open_context(person)
    page = context.new_page()
    page.goto("/account")
    page.get_by_label("称呼").fill("林岚")
    context.clear_cookies(name="sw_session")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("登录已过期")).to_be_visible()
    give(page, person.username)
    expect(page.get_by_role("heading", name="个人资料")).to_be_visible()


def test_signing_out_ends_the_session(as_manager: Page) -> None:
    """After it the same address asks for a password."""
    as_manager.goto("/account")
    as_manager.get_by_role("button", name="打开个人菜单").click()
    as_manager.get_by_role("button", name="退出登录").click()
    expect(as_manager.get_by_role("heading", name="登录善待")).to_be_visible()
    as_manager.goto("/account")
    expect(as_manager.get_by_role("heading", name="登录善待")).to_be_visible()
