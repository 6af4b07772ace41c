"""The customer's page in a real browser: read, answered, on a broken network, by keyboard, small, and in the dark."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from tests import build
from tests.browser.conftest import Site, Watch

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
QUESTION, ANSWER = "我的包裹三天没有更新了。", "您好，已经联系快递，明天上午送到。"


@pytest.fixture
def lin(site: Site) -> Any:
    """Return an agent of the team."""
    from servewell.apps.people.models import User

    found = User.objects.filter(username="case-lin").first()
    return (found or build.person("case-lin", "agent", build.team("售后"), name="林晓")).principal()


@pytest.fixture
def conversation(lin: Any) -> UUID:
    """A customer has asked, and was answered."""
    return asked(lin)


def asked(lin: Any, **changes: Any) -> UUID:
    from servewell.apps.base.principal import SYSTEM
    from servewell.apps.conversations import actions
    from servewell.apps.customers.identities import Identity

    who = (Identity("email", f"{uuid4().hex}@example.com", verified=True),)
    given = {
        "subject": "订单 SO-20261122-7 没有收到",
        "identities": who,
        "customer_name": "王小明",
        "team": build.team("售后").id,
    }
    received = actions.receive(SYSTEM, build.inbound(QUESTION, **{**given, **changes}))
    actions.reply(lin, received.conversation_id, text=ANSWER)
    return received.conversation_id


def address(conversation: UUID) -> str:
    from servewell.apps.channels.frame import links

    return links.path_of(links.token_of(conversation))


def opened(context: BrowserContext, conversation: UUID, query: str = "") -> Page:
    page = context.new_page()
    page.goto(address(conversation) + query)
    expect(page.get_by_role("list").filter(has=page.locator("li.message"))).to_be_visible()
    return page


def said(conversation: UUID) -> list[str]:
    from servewell.apps.conversations.models import Message

    rows = Message.objects.filter(conversation=conversation, kind="public").order_by("position")
    return list(rows.values_list("text", flat=True))


def box(page: Page) -> Any:
    return page.locator("#answer")


def accused(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document).then((all) => all.violations)")
    return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]


def too_wide(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_it_works(open_context: Callable[..., BrowserContext], conversation: UUID) -> None:
    """How it stands, what was said, and an answer that arrives."""
    page = opened(open_context(), conversation)
    expect(page.get_by_role("heading", level=1)).to_have_text("订单 SO-20261122-7 没有收到")
    expect(page.locator("[aria-current=step]")).to_have_text("等待您的回复")
    expect(page.get_by_text("林晓")).to_be_visible()
    box(page).fill("好的，谢谢！大概几点？")
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".message.customer:not(.waiting)").last).to_contain_text("大概几点")
    expect(page.locator("[aria-current=step]")).to_have_text("处理中")
    assert said(conversation)[-1] == "好的，谢谢！大概几点？"
    expect(box(page)).to_have_value("")


def test_the_language_is_the_readers(open_context: Callable[..., BrowserContext], conversation: UUID) -> None:
    """Of the browser, of the link, and then of the switch, which is remembered; half an answer is not lost by it."""
    page = opened(open_context(locale="en-GB"), conversation)
    expect(page.locator("[aria-current=step]")).to_have_text("Waiting for you")
    expect(page.get_by_text("We are waiting for your answer.")).to_be_visible()
    box(page).fill("half a")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("[aria-current=step]")).to_have_text("等待您的回复")
    expect(page.get_by_text("我们在等待您的回复")).to_be_visible()
    expect(box(page)).to_have_value("half a")
    page.reload()
    expect(page.locator("[aria-current=step]")).to_have_text("等待您的回复")
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"


def test_what_is_written_without_a_network_is_sent_once_later(
    open_context: Callable[..., BrowserContext], conversation: UUID, watch: Watch
) -> None:
    """Shown as waiting, through a reload too; sent when the line is back, each once and in order."""
    watch.expected += ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED"]
    context = open_context()
    page = opened(context, conversation)
    page.route("**/api/v1/channels/case/*/messages", lambda route: route.abort())
    for words in ("第一句", "第二句"):
        box(page).fill(words)
        page.keyboard.press("Control+Enter")
    expect(page.locator(".message.waiting")).to_have_count(2)
    expect(page.get_by_text("没有网络连接")).to_be_visible()
    page.reload()
    expect(page.locator(".message.waiting")).to_have_count(2)
    page.unroute("**/api/v1/channels/case/*/messages")
    page.get_by_role("button", name="立即重试").click()
    expect(page.locator(".message.waiting")).to_have_count(0)
    assert said(conversation)[2:] == ["第一句", "第二句"]


def test_an_answer_that_got_lost_on_its_way_back_is_one_message(
    open_context: Callable[..., BrowserContext], conversation: UUID, watch: Watch
) -> None:
    """The server had it, the page did not hear so: sent again it is the same."""
    watch.expected.append("ERR_FAILED")
    page = opened(open_context(), conversation)
    lost: list[Route] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route)
        route.fetch()
        route.abort()

    page.route("**/api/v1/channels/case/*/messages", lose)
    box(page).fill("只说一次")
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".message.customer:not(.waiting)").filter(has_text="只说一次")).to_have_count(1, timeout=30_000)
    expect(page.locator(".message.waiting")).to_have_count(0)
    assert said(conversation).count("只说一次") == 1


def test_what_is_refused_can_be_sent_again_or_taken_out(
    open_context: Callable[..., BrowserContext], conversation: UUID, watch: Watch
) -> None:
    """With the server's sentence beside it."""
    watch.expected.append("422")
    page = opened(open_context(), conversation)
    refusal = {"type": "/errors/channels-not-your-file", "title": "其中一个文件无法发送。", "status": 422}
    page.route("**/api/v1/channels/case/*/messages", lambda route: route.fulfill(status=422, json=refusal))
    box(page).fill("试一下")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("其中一个文件无法发送。")).to_be_visible()
    page.unroute("**/api/v1/channels/case/*/messages")
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator(".message.waiting")).to_have_count(0)
    assert said(conversation)[-1] == "试一下"


def test_files_by_button_paste_and_drop(open_context: Callable[..., BrowserContext], conversation: UUID) -> None:
    """Named before they are sent, taken out again, shown as pictures afterwards."""
    page = opened(open_context(), conversation)
    page.locator("input[type=file]").set_input_files({"name": "label.png", "mimeType": "image/png", "buffer": PNG})
    page.evaluate(
        """() => { const carried = new DataTransfer();
        carried.items.add(new File(['hello'], 'note.txt', { type: 'text/plain' }));
        const at = { dataTransfer: carried, bubbles: true, cancelable: true };
        document.querySelector('.page').dispatchEvent(new DragEvent('dragover', at));
        document.querySelector('.page').dispatchEvent(new DragEvent('drop', at));
        const pasted = new DataTransfer(); pasted.items.add(new File(['x'], 'extra.txt', { type: 'text/plain' }));
        const how = { clipboardData: pasted, bubbles: true, cancelable: true };
        document.querySelector('#answer').dispatchEvent(new ClipboardEvent('paste', how)) }"""
    )
    expect(page.locator(".chosen li")).to_have_count(3)
    page.get_by_role("button", name="移除 extra.txt").click()
    page.get_by_role("button", name="发送").click()
    message = page.locator(".message.customer:not(.waiting)").last
    expect(message.get_by_role("link", name="note.txt")).to_be_visible()
    picture = message.get_by_role("link", name="label.png").locator("img")
    expect(picture).to_be_visible()
    assert page.evaluate("(image) => image.decode().then(() => image.naturalWidth)", picture.element_handle()) == 1


def test_a_new_answer_of_ours_appears_by_itself(
    open_context: Callable[..., BrowserContext], conversation: UUID, lin: Any
) -> None:
    """When the page is looked at again, and said to who does not see it."""
    from servewell.apps.conversations import actions

    page = opened(open_context(), conversation)
    actions.reply(
        lin, conversation, text="已经送达了。", html='<p>已经<b>送达</b>了。</p><p style="color:#000">请查收</p>'
    )
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator(".message.us b", has_text="送达")).to_be_visible()
    expect(page.locator("[aria-live=polite]")).to_have_text("有新消息。")


def test_a_closed_one_goes_on_in_a_new_one(
    open_context: Callable[..., BrowserContext], conversation: UUID, lin: Any
) -> None:
    """The page goes there by itself, and the old one shows the way."""
    from servewell.apps.conversations import actions
    from servewell.apps.conversations.changes import Change

    actions.change(lin, conversation, Change(status="closed"))
    context = open_context()
    page = opened(context, conversation)
    expect(page.locator("[aria-current=step]")).to_have_text("已关闭")
    old = page.url
    box(page).fill("又坏了")
    page.get_by_role("button", name="发送").click()
    page.wait_for_url(lambda url: url != old)
    expect(page.locator(".message")).to_have_count(1)
    expect(page.get_by_text("又坏了")).to_be_visible()
    page.goto(old)
    expect(page.get_by_role("link", name=re.compile("打开 #"))).to_be_visible()


def test_the_customer_says_that_it_is_solved(open_context: Callable[..., BrowserContext], conversation: UUID) -> None:
    page = opened(open_context(), conversation)
    page.get_by_role("button", name="问题已解决").click()
    expect(page.locator("[aria-current=step]")).to_have_text("已解决")
    expect(page.get_by_role("button", name="问题已解决")).to_be_hidden()


@pytest.mark.parametrize("why", ["unknown", "revoked", "expired"])
def test_a_link_that_opens_nothing_says_so_kindly(
    open_context: Callable[..., BrowserContext], conversation: UUID, lin: Any, watch: Watch, why: str
) -> None:
    """In words, with what to do; no box to write into."""
    from servewell.apps.base import clock
    from servewell.apps.channels.frame.case import actions
    from servewell.apps.conversations.models import Conversation

    watch.expected += ["404", "410"]
    path = address(conversation)
    if why == "revoked":
        actions.revoke_link(lin, conversation)
    if why == "expired":
        Conversation.objects.filter(pk=conversation).update(last_message_at=clock.now() - timedelta(days=91))
    page = open_context().new_page()
    page.goto("/case/" + "A" * 47 if why == "unknown" else path)
    expect(page.get_by_role("alert").get_by_role("heading")).to_have_text("无法打开这个页面")
    expect(page.get_by_role("alert")).to_contain_text("联系我们")
    expect(box(page)).to_be_hidden()
    assert accused(page) == []


def test_all_of_it_by_keyboard(open_context: Callable[..., BrowserContext], conversation: UUID) -> None:
    """First to the answer box; Enter is a new line, Control and Enter send."""
    page = opened(open_context(), conversation)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到回复框")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.customer:not(.waiting)").last).to_contain_text("one")
    expect(box(page)).to_be_focused()
    assert said(conversation)[-1] == "one\ntwo"


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize(("locale", "scheme"), [("zh-CN", "light"), ("en-GB", "dark")])
def test_nothing_keeps_anybody_out(
    open_context: Callable[..., BrowserContext], lin: Any, width: int, locale: str, scheme: str
) -> None:
    """No finding of axe and no horizontal scroll, on a telephone and a wide screen, in both themes and languages."""
    conversation = asked(lin, html=f"<p>{QUESTION}</p><table><tr><td>{'长' * 200}</td></tr></table>")
    page = opened(open_context(width=width, height=844, locale=locale, color_scheme=scheme), conversation)
    box(page).fill("x" * 9_500)
    page.locator("input[type=file]").set_input_files(
        {"name": "a" * 120 + ".txt", "mimeType": "text/plain", "buffer": b"x"}
    )
    assert too_wide(page) <= 0
    assert accused(page) == []
    assert page.evaluate("document.documentElement.dataset.theme") == scheme


def test_the_address_goes_nowhere(open_context: Callable[..., BrowserContext], lin: Any) -> None:
    """Links of messages tell no other page from where they were followed; nothing but our own site is asked."""
    conversation = asked(
        lin, html='<p><a href="https://other.example/x">there</a><img src="https://other.example/p.png"></p>'
    )
    page = opened(open_context(), conversation)
    link = page.get_by_role("link", name="there")
    assert (link.get_attribute("rel") or "").split()[:2] == ["noopener", "noreferrer"]
    assert page.evaluate("document.querySelector('meta[name=referrer]').content") == "no-referrer"
    assert page.locator(".words img").count() == 0
