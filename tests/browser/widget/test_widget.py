"""Does a customer who writes in a shop's chat get through, read the answer, and lose nothing on the way?"""

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Watch
from tests.browser.widget.conftest import Street
from tests.browser.widget.shop import Widget, answer, conversation, stored, until

AXE = Path(__file__).parents[3] / "frontend/node_modules/axe-core/axe.min.js"


def picture(width: int = 60, height: int = 40) -> bytes:
    """Return a PNG, green all over."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\x00" + b"\x0c\x71\x5d" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def look(page: Page) -> list[str]:
    """Return what axe finds in the widget that is serious."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return list(page.evaluate(FINDINGS))


FINDINGS = """() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations
  .filter(one => ['serious', 'critical'].includes(one.impact))
  .flatMap(one => one.nodes.map(node => [one.id, node.target, node.failureSummary].join(' ')))
  .filter(words => words.includes('servewell-chat')))"""


def test_it_works(street: Street, lin: Any) -> None:
    """A question from a strict page on another origin, and an answer; both are still there after a reload."""
    chat = street.chat()
    page = street.visit(street.shop(chat))
    widget = Widget(page).open()
    widget.write("我的包裹到哪了？")
    widget.says("我的包裹到哪了？")
    answer(chat, lin, "明天送到。")
    widget.says("我的包裹到哪了？", "明天送到。")
    expect(widget.panel.get_by_text("林晓", exact=True)).to_be_visible()
    page.reload()
    widget.says("我的包裹到哪了？", "明天送到。")
    assert stored(chat) == ["我的包裹到哪了？"]


def test_an_answer_to_a_closed_panel_is_counted(street: Street, lin: Any) -> None:
    """The button says how much is unread, until the panel is opened; then we hear that it was read."""
    from servewell.apps.conversations.models import Message

    chat = street.chat()
    page = street.visit(street.shop(chat))
    widget = Widget(page).open()
    widget.write("在吗？")
    widget.says("在吗？")
    page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()
    answer(chat, lin, "在的。")
    button = page.get_by_role("button", name="在线咨询，1 条未读消息")
    expect(button).to_be_visible(timeout=30_000)
    button.click()
    widget.says("在吗？", "在的。")
    until(lambda: Message.objects.filter(text="在的。", delivery="read", conversation=conversation(chat)).exists())


def test_typing_and_reading_are_shown(street: Street, lin: Any) -> None:
    """Who of ours types is named; the mark of an own message says when we have read it."""
    from servewell.apps.conversations import actions

    chat = street.chat()
    widget = Widget(street.visit(street.shop(chat))).open()
    widget.write("在吗？")
    widget.says("在吗？")
    expect(widget.panel.get_by_text("已发送")).to_be_visible()
    talk, seen = conversation(chat).id, widget.panel

    def shows(words: str) -> bool:
        widget.page.wait_for_timeout(500)
        return seen.get_by_text(words).is_visible()

    until(lambda: actions.look(lin, talk, "typing") or shows("林晓 正在输入"))  # said again and again, as a screen does
    until(lambda: actions.mark_read(lin, talk, 1) or shows("已读"))
    answer(chat, lin, "在的。")
    widget.says("在吗？", "在的。")
    expect(widget.panel.get_by_text("林晓 正在输入")).to_be_hidden(timeout=20_000)


def test_two_pages_are_one_visitor(street: Street, lin: Any) -> None:
    """What is written in one stands in the other, answers come to both; one stream is held, and taken over."""
    chat = street.chat()
    shop = street.shop(chat)
    first = street.visit(shop)
    streams: list[str] = []
    first.context.on("request", lambda sent: streams.append(sent.url) if "/stream/" in sent.url else None)
    one = Widget(first).open()
    one.write("一")
    one.says("一")
    second = street.visit(shop, beside=first)
    other = Widget(second).open()
    other.says("一")
    other.write("二")
    for widget in (one, other):
        widget.says("一", "二")
    answer(chat, lin, "三")
    for widget in (one, other):
        widget.says("一", "二", "三")
    assert len(streams) == 1
    first.close()
    answer(chat, lin, "四")
    other.says("一", "二", "三", "四")
    assert stored(chat) == ["一", "二"]


def test_the_form_before_the_first_message(street: Street) -> None:
    """Says in words what is missing, then never comes back; what it said is with the conversation's customer."""
    from servewell.apps.customers.models import Customer

    chat = street.chat(ask_name="required", ask_email="optional")
    page = street.visit(street.shop(chat))
    widget = Widget(page).open()
    expect(widget.box).to_be_hidden()
    page.get_by_role("button", name="开始咨询").click()
    expect(page.get_by_text("请填写此项。")).to_be_visible()
    name = page.locator("servewell-chat .pre-chat input").first
    expect(name).to_be_focused()
    name.fill("王芳")
    mail = page.locator("servewell-chat .pre-chat input[type=email]")
    mail.fill("wang")
    page.get_by_role("button", name="开始咨询").click()
    expect(page.get_by_text("请填写完整的邮箱地址")).to_be_visible()
    mail.fill("wang.fang@example.com")
    page.get_by_role("button", name="开始咨询").click()
    expect(widget.box).to_be_focused()
    widget.write("你好")
    widget.says("你好")
    assert Customer.objects.get(pk=conversation(chat).customer_id).name == "王芳"
    page.reload()
    widget.says("你好")
    expect(page.get_by_role("button", name="开始咨询")).to_be_hidden()


def test_out_of_hours(street: Street) -> None:
    """The panel says when we are back, in the visitor's zone; what is written is taken where the site takes it."""
    from django.utils import timezone

    from servewell.apps.people.models import Hours, Team

    team = Team.objects.get_or_create(name="夜里没人")[0]
    Hours.objects.get_or_create(
        team=team, defaults={"zone": "UTC", "week": in_half_a_day(), "exceptions": {}, "changed_at": timezone.now()}
    )
    chat = street.chat(team)
    page = street.visit(street.shop(chat))
    widget = Widget(page).open()
    expect(widget.panel.get_by_text("我们暂时不在线")).to_be_visible()
    expect(widget.panel.get_by_text("您的当地时间")).to_be_visible()
    widget.write("明天再说")
    widget.says("明天再说")
    shut = street.chat(team, take_when_closed=False)
    page = street.visit(street.shop(shut))
    widget = Widget(page).open()
    expect(widget.panel.get_by_text("届时我们会恢复接收消息")).to_be_visible()
    expect(widget.box).to_be_hidden()


def in_half_a_day() -> list[list[int]]:
    """Return hours of one hour, twelve hours from now."""
    from datetime import UTC, datetime, timedelta

    then = datetime.now(UTC) + timedelta(hours=12)
    return [[then.weekday(), then.hour * 60, then.hour * 60 + 60]]


def test_pictures_by_paste_drop_and_button(street: Street, watch: Watch) -> None:
    """Each arrives, is shown although the page allows no pictures, and opens large; Escape leads back."""
    chat = street.chat()
    page = street.visit(street.shop(chat))
    widget = Widget(page).open()
    for event, name, target in (("paste", "image.png", "textarea"), ("drop", "cup.png", ".panel")):
        page.evaluate(GIVE, {"event": event, "name": name, "bytes": list(picture()), "target": target})
        expect(page.locator("servewell-chat .chosen li")).to_have_count(1)
        widget.box.press("Enter")
        expect(widget.waiting).to_have_count(0, timeout=30_000)
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="添加文件").click()
    choosing.value.set_files([{"name": "保修.txt", "mimeType": "text/plain", "buffer": "两年".encode()}])
    widget.write("这是保修单")
    expect(page.locator("servewell-chat .thumb canvas")).to_have_count(2, timeout=30_000)
    expect(page.get_by_role("button", name="下载 保修.txt")).to_be_visible()
    page.get_by_role("button", name="查看图片 cup.png").click()
    expect(page.get_by_role("dialog", name="图片 cup.png")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="图片 cup.png")).to_be_hidden()
    expect(widget.panel).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 保修.txt").click()
    assert Path(download.value.path()).read_text(encoding="utf-8") == "两年"


GIVE = """({event, name, bytes, target}) => {
  const data = new DataTransfer()
  data.items.add(new File([new Uint8Array(bytes)], name, {type: 'image/png'}))
  const element = document.querySelector('servewell-chat').shadowRoot.querySelector(target)
  const init = {bubbles: true, cancelable: true, composed: true}
  element.dispatchEvent(event === 'paste' ? new ClipboardEvent('paste', {...init, clipboardData: data})
    : new DragEvent('drop', {...init, dataTransfer: data}))
}"""


def test_by_keyboard_alone(street: Street, lin: Any) -> None:
    """Open, write two lines, send, the menu, end, close: focus is always where one expects it."""
    chat = street.chat()
    page = street.visit(street.shop(chat))
    widget = Widget(page)
    expect(page.get_by_role("button", name="在线咨询")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="在线咨询")).to_be_focused()
    page.keyboard.press("Enter")
    expect(widget.box).to_be_focused()
    page.keyboard.type("first")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second")
    page.keyboard.press("Enter")
    widget.says("first\nsecond")
    for _ in range(10):
        if page.evaluate("document.activeElement.shadowRoot?.activeElement?.getAttribute('aria-label')") == "更多":
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    expect(page.get_by_role("menuitem", name="结束会话")).to_be_visible()  # once the server has the conversation
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="结束会话")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="取消")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(widget.panel.get_by_text("本次会话已结束")).to_be_visible()
    page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()
    expect(page.get_by_role("button", name="在线咨询")).to_be_focused()


@pytest.mark.parametrize("width", [1000, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out(street: Street, lin: Any, width: int, theme: str) -> None:
    """Axe finds nothing serious, in a hard brand colour; nothing sticks out; a phone's panel is the screen."""
    chat = street.chat(colour="#ffe14d", ask_name="required")
    size = {"width": width, "height": 760}
    page = street.visit(street.shop(chat), viewport=size, color_scheme=theme)
    widget = Widget(page).open()
    assert look(page) == []
    page.locator("servewell-chat .pre-chat input").first.fill("王芳")
    page.get_by_role("button", name="开始咨询").click()
    widget.write("看 https://example.com/" + "a" * 200)
    widget.says("看 https://example.com/" + "a" * 200)
    answer(chat, lin, "好的 https://example.com/tea")
    expect(widget.bubbles).to_have_count(2, timeout=30_000)
    page.get_by_role("button", name="更多").click()
    assert look(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = widget.panel.bounding_box()
    assert box
    assert width > 480 or (box["width"], box["height"]) == (390, 760)
