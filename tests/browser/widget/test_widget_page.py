"""What is the widget to the page that holds it? Calls, storage, identity, styles; and when it is not wanted."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect
from tests.browser.conftest import Watch
from tests.browser.widget.conftest import Street
from tests.browser.widget.shop import Widget, answer, conversation, stored, until


def test_on_a_page_of_our_own(street: Street, as_administrator: Page) -> None:
    """The made-up shop that tries a chat out holds the widget under our own strict policy."""
    chat = street.chat()
    as_administrator.goto(f"/preview/{chat.id}")
    as_administrator.get_by_role("button", name="咨询这个订单").click()
    widget = Widget(as_administrator)
    expect(widget.panel).to_be_visible()
    widget.write("到哪了？")
    widget.says("到哪了？")
    as_administrator.get_by_role("button", name="English").click()
    expect(as_administrator.get_by_label("Your message")).to_be_visible()


def test_a_page_that_denies_storage(street: Street, lin: Any) -> None:
    """Everything works for as long as the page lives."""
    chat = street.chat()
    shop = street.shop(chat)
    page = street.visit(shop)
    page.context.add_init_script(DENIED)
    page.reload()
    widget = Widget(page).open()
    widget.write("一", "二")
    widget.says("一", "二")
    answer(chat, lin, "三")
    widget.says("一", "二", "三")
    assert stored(chat) == ["一", "二"]


DENIED = """for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
  Object.defineProperty(window, name, {get() { throw new DOMException('denied', 'SecurityError') }})
}"""


def test_the_words_of_a_page(street: Street, lin: Any) -> None:
    """Calls before the script was there are made up for; later ones open, close, speak, and hear of messages."""
    chat = street.chat()
    early = "window.heard = []; Servewell('on', 'message', m => heard.push(m.text)); Servewell('open')"
    shop = street.shop(chat, early=early)
    page = street.visit(shop)
    widget = Widget(page)
    expect(widget.panel).to_be_visible()
    widget.write("在吗？")
    widget.says("在吗？")
    answer(chat, lin, "在的。")
    until(lambda: page.evaluate("window.heard.includes('在的。')"))
    page.evaluate("Servewell('lang', 'en')")
    expect(page.get_by_label("Your message")).to_be_visible()
    page.evaluate("Servewell('close')")
    expect(page.get_by_role("button", name="Chat with us")).to_be_visible()


def test_another_person_finds_nothing(street: Street) -> None:
    """Who is named by a signed identity sees their own; who comes after them on the same device does not."""
    from servewell.apps.channels.frame import options
    from servewell.apps.channels.webchat import identity

    chat = street.chat()
    secret = "a-secret-of-the-shop-0123456789abcdef"
    chat.sealed = options.sealed({"identity_secret": secret})
    chat.save()
    wang, li = (identity.sign(secret, {"id": one, "name": name}) for one, name in (("u1", "王芳"), ("u2", "李明")))
    page = street.visit(street.shop(chat))
    page.evaluate("token => Servewell('identify', token)", wang)
    widget = Widget(page).open()
    widget.write("我是王芳")
    widget.says("我是王芳")
    page.evaluate("token => Servewell('identify', token)", li)
    expect(widget.bubbles).to_have_count(0)
    widget.write("我是李明")
    widget.says("我是李明")
    page.evaluate("token => Servewell('identify', token)", wang)
    widget.says("我是王芳")


def test_an_identity_that_does_not_verify(street: Street, watch: Watch) -> None:
    """The visitor stays anonymous and can write; whoever builds the page reads why in the console."""
    watch.expected.extend(["status of 422", "Servewell: "])
    chat = street.chat()
    page = street.visit(street.shop(chat))
    page.evaluate("Servewell('identify', 'e30.deadbeef')")
    widget = Widget(page).open()
    widget.write("我是谁？")
    widget.says("我是谁？")
    assert any("Servewell: " in one for one in watch.found)


def test_what_the_server_refuses_is_said_and_can_be_edited(street: Street, watch: Watch) -> None:
    """The message stays with the server's sentence, goes back into the box, and the next one is not held up."""
    watch.expected.append("status of 422")
    chat = street.chat()
    page = street.visit(street.shop(chat))
    widget = Widget(page).open()
    page.route("**/messages", refuse_first())
    widget.write("不行的", "可以的")
    expect(widget.panel.get_by_text("请换个说法。")).to_be_visible()
    expect(widget.bubbles).to_have_text(["可以的", "不行的"])
    page.get_by_role("button", name="修改").click()
    expect(widget.box).to_have_value("不行的")
    widget.write("改好了")
    widget.says("可以的", "改好了")
    assert stored(chat) == ["可以的", "改好了"]


def refuse_first() -> Callable[[Route], None]:
    """Refuse the first message that is sent, as a server does."""
    problem = '{"type": "/errors/channels_webchat-nothing-written", "title": "请换个说法。", "status": 422}'
    left = [1]

    def fate(route: Route) -> None:
        if route.request.method != "POST" or not left:
            return route.continue_()
        left.pop()
        allowed = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/problem+json"}
        return route.fulfill(status=422, body=problem, headers=allowed)

    return fate


def test_an_ended_conversation(street: Street) -> None:
    """It stays to be read; what is written next begins another one."""
    chat = street.chat()
    page = street.visit(street.shop(chat))
    widget = Widget(page).open()
    widget.write("一")
    widget.says("一")
    first = conversation(chat).id
    page.get_by_role("button", name="更多").click()
    page.get_by_role("menuitem", name="结束会话").click()
    page.get_by_role("button", name="结束", exact=True).click()
    expect(widget.panel.get_by_text("本次会话已结束")).to_be_visible()
    widget.write("二")
    widget.says("二")
    assert conversation(chat).id != first


def test_a_site_that_is_no_more(street: Street, watch: Watch) -> None:
    """A paused account: the page looks as if there had never been a chat."""
    watch.expected.append("status of 404")
    chat = street.chat()
    chat.state = "paused"
    chat.save()
    page = street.visit(street.shop(chat))
    expect(page.locator("servewell-chat")).to_have_count(1)
    expect(page.get_by_role("button", name="在线咨询")).to_be_hidden()


def test_forget_me(street: Street) -> None:
    """Nothing stays in the browser, and the next hello is somebody else's."""
    chat = street.chat()
    page = street.visit(street.shop(chat))
    widget = Widget(page).open()
    widget.write("忘记我")
    widget.says("忘记我")
    page.get_by_role("button", name="更多").click()
    page.get_by_role("menuitem", name="在本设备上忘记我").click()
    page.get_by_role("button", name="忘记我", exact=True).click()
    expect(widget.panel).to_be_hidden()
    kept = page.evaluate("Object.keys(localStorage).filter(key => !/\\.(config|lead)$/.test(key))")
    assert kept == []
    widget.open()
    expect(widget.bubbles).to_have_count(0)


def test_nothing_leaks(street: Street) -> None:
    """Styles of the page do not reach the panel, its own do not reach the page."""
    chat = street.chat()
    shop = street.shop(chat)
    plain = street.visit(shop)
    expect(plain.get_by_role("button", name="在线咨询")).to_be_visible()
    bare = plain.evaluate("() => { document.querySelector('servewell-chat').remove() }") or plain.evaluate(LOOK)
    again = street.visit(shop)
    widget = Widget(again).open()
    assert again.evaluate(LOOK) == bare
    before = widget.box.evaluate(SHAPE)
    again.evaluate(HOSTILE)
    assert widget.box.evaluate(SHAPE) == before


LOOK = """() => JSON.stringify([...document.querySelectorAll('h1,p,button')].map(one => getComputedStyle(one))
  .map(style => [style.font, style.color, style.margin]))"""
SHAPE = "one => JSON.stringify([getComputedStyle(one).font, one.getBoundingClientRect().width])"
HOSTILE = """() => {
  const rules = new CSSStyleSheet()
  rules.replaceSync(`* { font: 40px serif; margin: 30px; color: red; width: 10px; box-sizing: content-box }
    :root { --ink: red; --panel: red }`)
  document.adoptedStyleSheets = [rules]
}"""
