"""Can an administrator give the house its channels, see how they are, and mend what went wrong?"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests import build
from tests.browser.conftest import Person, Watch

from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.frame import actions
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.flows import actions as flows
from servewell.apps.flows.models import ReceptionRule

MAIL = b"""From: Wang <wang@example.com>\r\nTo: help@shop.example\r\nSubject: Where is my parcel?\r
Message-ID: <%s@example.com>\r\nDate: Sun, 22 Nov 2026 09:00:00 +0800\r\n\r\nIt was to come yesterday.\r\n"""
LONG = 30_000  # ms; a worker on a loaded machine


@pytest.fixture(autouse=True)
def _own_accounts(site: Any, django_db_blocker: Any) -> Iterator[None]:
    """Let each test begin without accounts and rules, and reach the site's database."""
    with django_db_blocker.unblock():
        yield
        for account in Account.objects.filter(removed_at=None):
            actions.remove(SYSTEM, account.id)
        ReceptionRule.objects.all().delete()


def made(name: str = "售后邮箱", channel: str = "email", **columns: Any) -> Account:
    """Store an account that nobody tries to connect: it is paused unless the test says otherwise."""
    return Account.objects.create(**{"channel": channel, "name": name, "state": "paused", **columns})


def set_aside(account: Account, about: str, raw: bytes) -> Arrival:
    """Store something that could not be read."""
    file = build.attachment("arrival.eml", raw)
    columns = {"external_id": about[:50], "about": about, "state": "aside", "outcome": "fault", "attempt": 3}
    return Arrival.objects.create(account=account, raw=file, size=len(raw), **columns)


def row(page: Page, name: str) -> Any:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def field(page: Page, key: str) -> Any:
    return page.locator(f"[data-field={key}]").locator("input, select, textarea").first


def saved(page: Page) -> None:
    expect(page.get_by_role("log").filter(has_text="已保存")).to_be_visible()


def test_it_works(as_administrator: Page) -> None:
    """A web chat is added, its code is there to copy, it is tested, paused, let go on, and removed."""
    page = as_administrator
    page.goto("/settings/channels")
    expect(page.get_by_role("heading", name="还没有账号：客户该怎样联系到您？")).to_be_visible()
    page.get_by_role("link", name="添加账号：网页聊天").click()
    page.get_by_role("button", name="添加账号").click()
    expect(field(page, "name")).to_be_focused()
    expect(page.get_by_text("请填写。")).to_be_visible()
    field(page, "name").fill("商城网页")
    page.get_by_role("button", name="添加账号").click()

    expect(page.get_by_role("heading", name="商城网页", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="在别处使用").locator("pre").first).to_contain_text("<script")
    page.get_by_role("region", name="在别处使用").get_by_role("button", name="复制").first.click()
    expect(page.get_by_role("log").filter(has_text="已复制")).to_be_visible()
    expect(page.get_by_text(re.compile("测试(未)?通过。"))).to_be_visible(timeout=LONG)

    page.get_by_role("link", name="返回渠道").click()
    account = row(page, "商城网页")
    account.get_by_role("button", name="暂停“商城网页”").click()
    expect(account).to_contain_text("已暂停")
    account.get_by_role("button", name="恢复“商城网页”").click()
    expect(account).not_to_contain_text("已暂停")
    account.get_by_role("button", name="测试“商城网页”").click()
    expect(page.get_by_text(re.compile("测试(未)?通过。"))).to_be_visible(timeout=LONG)

    account.get_by_role("link", name="商城网页").click()
    page.get_by_role("button", name="移除这个账号").click()
    dialog = page.get_by_role("dialog", name="移除“商城网页”？")
    expect(dialog).to_contain_text("会话和消息都会保留")
    dialog.get_by_role("button", name="移除").click()
    expect(page.get_by_role("heading", name="还没有账号：客户该怎样联系到您？")).to_be_visible()


def test_two_who_change_an_account_lose_nothing(as_administrator: Page, watch: Watch) -> None:
    """Whoever saves second is told what the first one changed, keeps what they typed, and can take either."""
    watch.expected.append("status of 409")
    account, page = made(channel="api", address="shop"), as_administrator
    page.goto(f"/settings/channels/{account.id}")
    field(page, "name").fill("我的名称")
    field(page, "per_minute").fill("30")
    team = build.team("售后")
    actions.change(SYSTEM, account.id, account.version, {"name": "别人的名称", "team": team.id})
    page.get_by_role("button", name="保存").click()

    note = page.get_by_role("alert").filter(has_text="您编辑期间，有人保存了这个账号。")
    expect(note).to_contain_text("名称：原为“售后邮箱”，现为“别人的名称”")
    expect(field(page, "name")).to_have_value("我的名称")
    expect(field(page, "per_minute")).to_have_value("30")
    expect(field(page, "team")).to_have_value(str(team.id))
    note.get_by_role("button", name="采用对方的").click()
    expect(field(page, "name")).to_have_value("别人的名称")
    page.get_by_role("button", name="保存").click()
    saved(page)
    account.refresh_from_db()
    assert (account.name, account.per_minute, account.team_id) == ("别人的名称", 30, team.id)


def test_a_secret_is_never_shown(as_administrator: Page) -> None:
    """What is set says so and no more; it can be replaced, and stays when nothing is typed."""
    given = {"name": "商城", "address": "shop", "options": {"callback_secret": "whsec_" + "A" * 32}}
    account, page = actions.create(SYSTEM, "api", given), as_administrator
    page.goto(f"/settings/channels/{account.id}")
    secret = page.locator("[data-field=callback_secret]")
    expect(secret.locator("input")).to_have_value("已设置，不显示")
    expect(secret.locator("input")).to_be_disabled()
    secret.get_by_role("button", name="更换").click()
    expect(secret.locator("input")).to_be_focused()
    expect(secret.locator("input")).to_have_value("")
    secret.get_by_role("button", name="保留原来的").click()
    field(page, "name").fill("商城网关")
    page.keyboard.press("Control+s")
    saved(page)
    expect(secret.locator("input")).to_have_value("已设置，不显示")
    assert "A" * 32 not in page.content()


def test_a_refused_value_is_told_at_its_field(as_administrator: Page, watch: Watch) -> None:
    """The sentence stands below the field, and the field has the focus."""
    watch.expected.append("status of 422")
    page = as_administrator
    page.goto("/settings/channels/new/api")
    field(page, "name").fill("商城")
    field(page, "address").fill("shop")
    field(page, "callback_url").fill("not an address")
    page.get_by_role("button", name="添加账号").click()
    expect(page.locator("[data-field=callback_url]")).to_contain_text("必须是网址")
    expect(field(page, "callback_url")).to_be_focused()
    expect(field(page, "callback_url")).to_have_attribute("aria-invalid", "true")


def test_leaving_with_something_typed_is_asked(as_administrator: Page) -> None:
    """Who stays keeps what they typed; who goes, goes."""
    account, page = made(), as_administrator
    page.goto(f"/settings/channels/{account.id}")
    field(page, "name").fill("另一个名称")
    page.get_by_role("link", name="搁置", exact=True).click()  # another part of the same account: nothing is lost
    expect(page.get_by_role("heading", name="没有搁置的来件")).to_be_visible()
    page.get_by_role("link", name="返回渠道").click()
    page.get_by_role("dialog", name="不保存就离开？").get_by_role("button", name="留在这里").click()
    page.get_by_role("navigation", name="这个账号的各部分").get_by_role("link", name="设置").click()
    expect(field(page, "name")).to_have_value("另一个名称")
    page.get_by_role("link", name="返回渠道").click()
    page.get_by_role("dialog").get_by_role("button", name="不保存，离开").click()
    expect(row(page, "售后邮箱")).to_be_visible()


def test_what_was_set_aside_is_read_again_or_discarded(as_administrator: Page) -> None:
    """A second try makes it a message; what is of no use is discarded after a question."""
    account, page = made(state="active", address="help@shop.example"), as_administrator
    set_aside(account, "wang@example.com · Where is my parcel?", MAIL % b"one")
    set_aside(account, "spam@example.com · Win!", MAIL % b"two")
    page.goto("/settings/channels")
    row(page, "售后邮箱").get_by_role("link", name=re.compile("搁置的来件")).click()
    parcel = page.get_by_role("listitem").filter(has_text="Where is my parcel?")
    parcel.get_by_role("button", name=re.compile("^重试")).click()
    expect(parcel.get_by_role("status")).to_have_text("已读取，成为一条消息。", timeout=LONG)

    page.get_by_role("button", name="spam@example.com · Win!", exact=True).click()
    detail = page.get_by_role("dialog", name="搁置的来件")
    with page.expect_download() as download:
        detail.get_by_role("link", name="下载原始内容").click()
    assert b"<two@example.com>" in download.value.path().read_bytes()
    detail.get_by_role("button", name="丢弃").click()
    page.get_by_role("dialog", name="确定丢弃这条来件？").get_by_role("button", name="丢弃").click()
    expect(page.get_by_role("listitem").filter(has_text="Win!")).to_contain_text("已丢弃。")
    page.reload()
    expect(page.get_by_role("heading", name="没有搁置的来件")).to_be_visible()


def test_all_are_read_again_at_once(as_administrator: Page) -> None:
    """One press, one after the other, each with its outcome."""
    account, page = made(state="active", address="help@shop.example"), as_administrator
    for name in ("three", "four"):
        set_aside(account, f"{name}@example.com", MAIL % name.encode())
    page.goto(f"/settings/channels/{account.id}/aside")
    page.get_by_role("button", name="全部重试").click()
    expect(page.get_by_text("已读取，成为一条消息。")).to_have_count(2, timeout=LONG * 2)


def test_a_change_elsewhere_is_seen_without_a_reload(as_administrator: Page) -> None:
    """An account that fails shows it within moments, with the sentence and the other side's words."""
    account, page = made(), as_administrator
    page.goto("/settings/channels")
    expect(row(page, "售后邮箱")).to_contain_text("已暂停")
    actions.resume(SYSTEM, account.id)
    expect(row(page, "售后邮箱")).not_to_contain_text("已暂停", timeout=LONG)


def test_who_may_only_read_is_offered_nothing_else(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person]
) -> None:
    """An auditor sees how accounts are and what the rules say; an agent sees neither."""
    account = made()
    flows.create_rule(SYSTEM, "退款优先", conditions={"words": ["退款"]}, priority="high")
    page = open_context(make_person("auditor")).new_page()
    page.goto("/settings/channels")
    expect(page.get_by_text("您的角色可以查看渠道的状况，更改由管理员进行。")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("测试|暂停|恢复|添加"))).to_have_count(0)
    page.goto(f"/settings/channels/{account.id}")
    expect(field(page, "name")).to_be_disabled()
    expect(page.get_by_role("button", name=re.compile("保存|测试|暂停|移除"))).to_have_count(0)
    page.goto("/settings/reception")
    expect(page.get_by_role("listitem").filter(has_text="退款优先")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("添加规则|更改|删除|移动"))).to_have_count(0)
    agent = open_context(make_person("agent")).new_page()
    agent.goto("/settings/channels")
    expect(agent.get_by_role("heading", name="这一页不对您的角色开放")).to_be_visible()


def test_rules_are_made_tried_ordered_and_deleted(as_administrator: Page) -> None:
    """The first that fits counts, and the box says which and why the others do not."""
    page = as_administrator
    build.team("售后")
    page.goto("/settings/reception")
    page.get_by_role("button", name="添加规则").click()
    dialog = page.get_by_role("dialog", name="新规则")
    dialog.get_by_label("规则名称").fill("退款优先")
    dialog.get_by_label("词语").fill("退款\nrefund*")
    dialog.get_by_label("团队", exact=True).select_option(label="售后")
    dialog.get_by_label("优先级").select_option(label="高")
    dialog.get_by_role("button", name="添加规则").click()
    rules = page.get_by_role("listitem").filter(has=page.get_by_text("当", exact=True))
    expect(rules.first).to_contain_text("提到“退款”、“refund*”")
    expect(rules.first).to_contain_text("归团队“售后”；优先级为高")
    flows.create_rule(SYSTEM, "所有邮件", conditions={"channels": ["email"]}, priority="low")
    expect(rules).to_have_count(2)  # told by the journal

    page.get_by_label("主题").fill("I want two refunds")
    page.get_by_role("button", name="试一试").click()
    expect(page.get_by_text("符合“退款优先”。")).to_be_visible()
    expect(rules.nth(1)).to_contain_text("也符合，但以前面的规则为准")
    page.get_by_role("button", name="移动“所有邮件”：请按上下箭头键").press("ArrowUp")
    expect(rules.first).to_contain_text("所有邮件")
    expect(page.get_by_role("button", name="移动“所有邮件”：请按上下箭头键")).to_be_focused()
    expect(page.get_by_text("符合“所有邮件”。")).to_be_visible()
    page.reload()
    expect(rules.first).to_contain_text("所有邮件")

    rules.first.get_by_role("button", name="删除“所有邮件”").click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(rules).to_have_count(1)


def test_a_rule_is_dragged_to_its_place(as_administrator: Page) -> None:
    """By the pointer, and it stays there."""
    page = as_administrator
    for name in ("甲", "乙", "丙"):
        flows.create_rule(SYSTEM, name, conditions={"words": [name]})
    page.goto("/settings/reception")
    names = page.locator("li[data-rule] .name b")
    expect(names).to_have_text(["甲", "乙", "丙"])
    grip = page.get_by_role("button", name="移动“丙”：请按上下箭头键")
    grip.hover()
    page.mouse.down()
    target = page.locator("li[data-rule]").first.bounding_box()
    assert target is not None
    page.mouse.move(target["x"] + 20, target["y"] + 8, steps=6)
    with page.expect_response(lambda answer: answer.url.endswith("/reception/order")):
        page.mouse.up()
    expect(names).to_have_text(["丙", "甲", "乙"])
    page.reload()
    expect(names).to_have_text(["丙", "甲", "乙"])


def test_two_who_change_a_rule_lose_nothing(as_administrator: Page, watch: Watch) -> None:
    """As with accounts: theirs is told, mine stays."""
    watch.expected.append("status of 409")
    page = as_administrator
    rule = flows.create_rule(SYSTEM, "退款", conditions={"words": ["退款"]})
    page.goto("/settings/reception")
    page.get_by_role("button", name="更改“退款”").click()
    dialog = page.get_by_role("dialog", name="更改规则")
    dialog.get_by_label("规则名称").fill("我的规则")
    flows.change_rule(SYSTEM, rule.id, {"priority": "urgent"}, rule.version)
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_role("alert")).to_contain_text("优先级：原为“空”，现为“紧急”")
    expect(dialog.get_by_label("规则名称")).to_have_value("我的规则")
    dialog.get_by_role("button", name="保存").click()
    saved(page)
    rule.refresh_from_db()
    assert (rule.name, rule.priority) == ("我的规则", 4)


def test_being_offline_keeps_what_was_loaded(as_administrator: Page, watch: Watch) -> None:
    """The list stays, says that it cannot be renewed, and goes on by itself."""
    watch.expected.append("ERR_INTERNET_DISCONNECTED")
    made()
    page = as_administrator
    page.goto("/settings/channels")
    expect(row(page, "售后邮箱")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("网络已断开")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_visible(timeout=LONG)
    expect(row(page, "售后邮箱")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_have_count(0, timeout=LONG)


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_nothing_scrolls_sideways_on_a_phone(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person], language: str
) -> None:
    """At 390 px each page fits, with long names and long words too."""
    name = "A very long name of an account-" + "x" * 40
    account = made(name, address="a-very-long-address-that-does-not-break@subdomain.shop.example")
    set_aside(account, "y" * 120, b"x")
    flows.create_rule(SYSTEM, "z" * 80, conditions={"words": ["w" * 120]})
    page = open_context(make_person("administrator", language=language), width=390, height=844).new_page()
    for part in ("", f"/{account.id}", f"/{account.id}/aside", f"/{account.id}/failed", "/new/email"):
        page.goto(f"/settings/channels{part}")
        expect(page.locator("main .card").first).to_be_visible()
        expect(page.locator("main .skeleton")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, part
    page.goto("/settings/reception")
    expect(page.locator("li[data-rule]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
