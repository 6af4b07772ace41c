"""Does a person see where they are signed in, end what they do not know, and hear what happened to their account?"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.conftest import PASSWORD, Person, Watch
from tests.browser.test_sign_in import SIGNED_OUT, give


@pytest.fixture(autouse=True)
def _signed_out_is_meant(watch: Watch) -> None:
    watch.expected.append(SIGNED_OUT)


@pytest.fixture
def three_tries(site: Any) -> Iterator[None]:
    """Lock a name after three wrong tries."""
    from servewell.apps.base import settings
    from servewell.apps.base.principal import SYSTEM

    settings.put(SYSTEM, "people.lock_tries", 3)
    yield
    settings.put(SYSTEM, "people.lock_tries", 10)


def enter(context: BrowserContext, person: Person) -> Page:
    page = context.new_page()
    page.goto("/sign-in?next=/account")
    give(page, person.username)
    expect(page.get_by_role("list", name="登录记录")).to_be_visible()
    return page


def test_it_works(open_context: Callable[..., BrowserContext], make_person: Callable[..., Person]) -> None:
    """Two browsers of one person: each marks itself, one ends the other, which has to sign in again."""
    person = make_person()
    there = enter(open_context(), person)
    here = enter(open_context(), person)
    rows = here.get_by_role("list", name="登录记录").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("本次登录")
    expect(rows.nth(0)).to_contain_text("127.0.0.*")
    expect(rows.nth(0)).to_contain_text(re.compile("Chrome，Linux"))
    rows.nth(1).get_by_role("button", name="结束").click()
    expect(here.get_by_text("已结束这次登录。")).to_be_visible()
    expect(rows.nth(1)).to_contain_text("已在别处结束")
    there.get_by_label("称呼").fill("林岚")
    there.get_by_role("button", name="保存").click()
    expect(there.get_by_text("登录已过期")).to_be_visible()


def test_all_others_end_at_once(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person]
) -> None:
    """And the button is gone when there is nothing left to end."""
    person = make_person(language="en")
    for _ in range(2):
        enter_english(open_context(locale="en-GB"), person)
    here = enter_english(open_context(locale="en-GB"), person)
    here.get_by_role("button", name="End all other sessions").click()
    expect(here.get_by_text("Other sessions ended: 2.")).to_be_visible()
    expect(here.get_by_role("button", name="End all other sessions")).to_have_count(0)
    expect(here.get_by_text("Ended from elsewhere")).to_have_count(2)


def enter_english(context: BrowserContext, person: Person) -> Page:
    page = context.new_page()
    page.goto("/sign-in?next=/account")
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("list", name="Sign-ins")).to_be_visible()
    return page


def test_who_is_locked_out_reads_for_how_long(
    page: Page, make_person: Callable[..., Person], three_tries: None, watch: Watch
) -> None:
    """The same for a name that nobody has; the right password does not help before the time is over."""
    watch.expected.append("status of 400")
    for name in (make_person().username, "nobody-is-called-so"):
        page.goto("/sign-in")
        for wrong in ("one", "two", "three"):
            give(page, name, wrong)
            expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
            expect(page.get_by_role("button", name="登录", exact=True)).to_be_enabled()
        give(page, name)
        expect(page.get_by_role("alert")).to_contain_text("错误次数过多。请等待约 15 分钟再试")


def test_a_new_browser_is_told_on_the_next_page_and_put_away(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person]
) -> None:
    """In the browser that was there before."""
    person = make_person()
    here = enter(open_context(), person)
    phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0"
    enter(open_context(user_agent=phone), person)
    here.goto("/logs")
    expect(here.get_by_text("您的账号有 1 条提醒。")).to_be_visible()
    here.get_by_role("link", name="查看").click()
    alerts = here.get_by_role("region", name="账号提醒")
    expect(alerts).to_contain_text("有人用您近期未用过的浏览器登录。")
    expect(here.get_by_role("list", name="登录记录")).to_contain_text("微信，安卓")
    alerts.get_by_role("button", name="知道了").click()
    expect(alerts).to_have_count(0)
    here.goto("/logs")
    expect(here.get_by_role("heading", name="日志", exact=True)).to_be_visible()
    expect(here.get_by_text("条提醒")).to_have_count(0)


def test_an_administrator_sees_who_read_what(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person]
) -> None:
    """By name, in words; a click on a name shows only theirs; what matches nothing says what to do."""
    from servewell.apps.journal.actions import log_access
    from servewell.apps.people import queries

    auditor = make_person("auditor", name="郑审计")
    boss = make_person("administrator", name="王总")
    for person in (auditor, boss):
        user = queries.called(person.username)
        assert user is not None
        log_access(user.principal(), "person", None, "people.list")
    page = open_context(boss).new_page()
    page.goto("/settings/access")
    table = page.get_by_role("table")
    expect(table).to_contain_text("用户列表")
    page.get_by_role("button", name="郑审计").first.click()
    expect(page.get_by_text("查看人：郑审计")).to_be_visible()
    expect(table.get_by_role("button", name="王总")).to_have_count(0)
    page.get_by_label("对象类别").select_option("customer")
    expect(page.get_by_text("没有符合条件的记录")).to_be_visible()
    page.get_by_role("button", name="清除筛选").first.click()
    expect(table).to_contain_text("王总")


def test_an_agent_does_not(open_context: Callable[..., BrowserContext], make_person: Callable[..., Person]) -> None:
    """Neither the entry nor the page."""
    page = open_context(make_person("agent")).new_page()
    page.goto("/settings/access")
    expect(page.get_by_role("heading", name="这一页不对您的角色开放")).to_be_visible()
    expect(page.get_by_role("link", name="访问记录")).to_have_count(0)
