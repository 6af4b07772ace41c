"""What does every page look like? Contact sheets in `docs/screens`, and a failure for what must never be shown.

1. Start the demo in a folder of its own; read in a small log, one with bad rows, one that fails. 2. Show each page in
Chinese and English, light and dark, 1440 and 390 wide. 3. Fail on sideways scrolling at 390, an untranslated key, an
error in the console, or a serious finding of axe. 4. Lay the eight pictures of a page on one sheet.
"""

import argparse
import html
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import APIResponse, Browser, BrowserContext, FilePayload, Page, Playwright, sync_playwright  # noqa: E402
from tests.browser import chromium, live_site  # noqa: E402

OUT = ROOT / "docs" / "screens"
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SIGN_IN = ("demo", "servewell-demo")
ADMINISTRATOR = ("screens", "correct-horse-7-battery")  # of a demo of our own: the demo's person may not do everything
GRAVE = ("serious", "critical")
DEMO_S = 300.0  # for 90 days of made-up history on a loaded machine
PATIENCE_MS = 60_000  # a map of 90 days on a loaded machine


@dataclass(frozen=True)
class Way:
    """How somebody sees a page."""

    language: str
    theme: str
    width: int  # px
    height: int  # px

    def __str__(self) -> str:
        return f"{self.language} {self.theme} {self.width}"

    def options(self) -> dict[str, Any]:
        """Return a browser such as this person has."""
        zone = "Asia/Shanghai" if self.language == "zh-Hans" else "Europe/London"
        size = {"width": self.width, "height": self.height}
        return {"viewport": size, "locale": self.language, "timezone_id": zone}

    def remembered(self) -> str:
        """Return the script that sets what this browser remembers."""
        return f"localStorage['servewell.language']='{self.language}';localStorage['servewell.theme']='{self.theme}'"


SIZES = ((1440, 900), (390, 844))
WAYS = [Way(language, theme, *size) for language, theme, size in product(("zh-Hans", "en"), ("light", "dark"), SIZES)]


@dataclass(frozen=True)
class View:
    """One page in one state."""

    name: str  # of its sheet
    path: str
    waits_for: str  # a CSS selector: then it is there
    arrange: Callable[[Page], None] = lambda page: None  # what a person does first
    signed_in: bool = True
    manages: bool = False  # by an administrator, where there is one


@dataclass
class Found:
    """What must not be."""

    problems: list[str] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Keep and print it, once."""
        line = f"{where}: {what}"
        if line not in self.problems:
            self.problems.append(line)
            print(f"  ! {line}", flush=True)


def main() -> int:
    """Make all sheets; return 1 when something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="names of views, separated by commas")
    parser.add_argument("--url", help="a running demo, instead of one of our own")
    wanted = parser.parse_args()
    views = [view for view in VIEWS if not wanted.only or view.name in wanted.only.split(",")]
    found = Found()
    OUT.mkdir(parents=True, exist_ok=True)
    with _demo(wanted.url) as url, sync_playwright() as playwright, _browser(playwright) as browser:
        _furnish(browser, url)
        for view in views:
            print(view.name, flush=True)
            _sheet(browser, view, _pictures(browser, url, view, found))
    print(f"{len(views)} sheets in {OUT.relative_to(ROOT)}, {len(found.problems)} problems")
    return 1 if found.problems else 0


@contextmanager
def _demo(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory(prefix="servewell-screens-") as folder:
        Path(folder).chmod(0o755)
        with live_site.running(Path(folder, "data"), Path(folder, "up.log"), "--demo", patience=DEMO_S) as own:
            command = [sys.executable, "-m", "servewell.site.cli", "createadmin", "--data", str(Path(folder, "data"))]
            command += ["--username", ADMINISTRATOR[0], "--name", "周宁", "--password-stdin"]
            subprocess.run(command, input=ADMINISTRATOR[1].encode(), check=True, stdout=subprocess.DEVNULL)
            yield own


@contextmanager
def _browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.arguments())
    try:
        yield browser
    finally:
        browser.close()


def _furnish(browser: Browser, url: str) -> None:
    """Bring in logs that show every state of the list."""
    context = browser.new_context(base_url=url)
    _enter(context, url)
    if not any(log["name"] == "October tickets" for log in _ask(context, url, "GET", "insight/logs")["items"]):
        rows = "".join(
            f"C{case},{step},2026-10-{day:02d}T09:{case:02d}:00Z,Ann\n" for case in range(40) for day, step in STEPS
        )
        _import(
            context, url, "October tickets", f"case,activity,time,agent\n{rows}C1,Reply,yesterday,Ann\nC2,Reply,,Ann\n"
        )
        _import(context, url, "Old system", "case,activity,time,agent\nC1,Reply,soon,Ann\nC2,Reply,later,Ann\n")
    context.close()
    with browser.new_context(base_url=url) as other:
        if _enter_as_administrator(other, url):
            _furnish_channels(other, url)


def _furnish_channels(context: BrowserContext, url: str) -> None:
    """Make an account of each channel, one paused, one that fails, and rules that show what rules can say."""
    if any(one["name"] == "Shop" for one in _ask(context, url, "GET", "channels/accounts")["items"]):
        return
    teams = _ask(context, url, "GET", "people/teams")
    team = teams[0]["id"] if teams else None
    mail = {"imap_host": "imap.shop.example", "smtp_host": "smtp.shop.example", "password": "secret"}
    for channel, name, address, options in (
        ("webchat", "Shop", "", {"origins": ["https://shop.example"]}),
        ("webchat", "Help centre", "", {}),
        ("email", "After sales", "help@shop.example", mail),
        ("api", "Mini program", "mini-program", {}),
    ):
        wish = {"channel": channel, "name": name, "address": address, "team": team, "options": options}
        made = _ask(context, url, "POST", "channels/accounts", data=wish)
        if name == "Help centre":
            _ask(context, url, "POST", f"channels/accounts/{made['id']}/pause")
        if channel == "email":
            _ask(context, url, "POST", f"channels/accounts/{made['id']}/check")
    rules = (
        {"name": "Refunds", "conditions": {"channels": ["email", "chat"], "words": ["退款", "refund*"]}, "team": team},
        {"name": "English", "conditions": {"languages": ["en"]}, "priority": "high"},
        {"name": "Old campaign", "conditions": {"addresses": ["sale@shop.example"]}, "active": False},
    )
    for rule in rules:
        _ask(context, url, "POST", "flows/reception/rules", data=rule)


STEPS = ((5, "Received"), (6, "Identity checked"), (7, "Answered"), (9, "Closed"))


def _import(context: BrowserContext, url: str, name: str, text: str) -> None:
    file = {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": text.encode()}
    upload = _ask(context, url, "POST", "insight/uploads", multipart={"file": file})
    columns = {"case": "case", "activity": ["activity"], "time": "time", "resource": "agent"}
    wish = {"upload": upload["id"], "name": name, "columns": columns, "zone": "UTC"}
    log = _ask(context, url, "POST", "insight/logs", data=wish)
    for _ in range(120):
        if _ask(context, url, "GET", f"insight/logs/{log['id']}")["state"] != "importing":
            return
        context.pages[0].wait_for_timeout(250) if context.pages else context.new_page()
    raise RuntimeError(f"{name} is still being read in")


def _enter(context: BrowserContext, url: str) -> None:
    """Sign in by the API, as the sign-in page does."""
    answer = _sign_in(context, url, *SIGN_IN)
    if not answer.ok:
        raise RuntimeError(f"sign-in: {answer.status} {answer.text()}")


def _enter_as_administrator(context: BrowserContext, url: str) -> bool:
    """Sign in as our own administrator; False in a demo that is not ours."""
    return bool(_sign_in(context, url, *ADMINISTRATOR).ok)


def _sign_in(context: BrowserContext, url: str, username: str, password: str) -> APIResponse:
    context.request.get(f"{url}/api/v1/session")
    body = {"username": username, "password": password}
    return context.request.post(f"{url}/_allauth/browser/v1/auth/login", data=body, headers=_token(context))


def _ask(context: BrowserContext, url: str, method: str, path: str, **options: Any) -> Any:
    answer = context.request.fetch(f"{url}/api/v1/{path}", method=method, headers=_token(context), **options)
    if not answer.ok:
        raise RuntimeError(f"{method} {path}: {answer.status} {answer.text()}")
    return answer.json()


def _token(context: BrowserContext) -> dict[str, str]:
    return {"X-CSRFToken": next((c["value"] for c in context.cookies() if c["name"] == "csrftoken"), "")}


def _pictures(browser: Browser, url: str, view: View, found: Found) -> list[tuple[int, bytes]]:
    """Return width and PNG of each of the eight ways to see it."""
    state = None
    if view.signed_in:
        with browser.new_context(base_url=url) as context:
            if not (view.manages and _enter_as_administrator(context, url)):
                _enter(context, url)
            state = context.storage_state()
    return [(way.width, _picture(browser, url, view, way, state, found)) for way in WAYS]


def _picture(browser: Browser, url: str, view: View, way: Way, state: Any, found: Found) -> bytes:  # noqa: PLR0917
    with browser.new_context(base_url=url, storage_state=state, **way.options()) as context:
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(way.remembered())
        if view.signed_in:
            _ask(context, url, "PATCH", "session", data={"language": way.language, "theme": way.theme})
        page = context.new_page()
        where = f"{view.name} {way}"
        page.on("console", lambda said: _hear(said.type, said.text, where, found, view))
        page.on("pageerror", lambda error: found.add(where, f"exception: {error}"))
        page.goto(view.path)
        page.locator(view.waits_for).first.wait_for()
        view.arrange(page)
        page.wait_for_timeout(400)  # transitions end
        _look(page, where, found)
        return page.screenshot()


def _hear(kind: str, text: str, where: str, found: Found, view: View) -> None:
    signed_out = not view.signed_in and "status of 401" in text  # the browser's own note of a true answer
    none_yet = "status of 404" in text and view.name == "two-steps"
    if kind == "error" and not signed_out and not none_yet:
        found.add(where, f"console: {text}")


def _look(page: Page, where: str, found: Found) -> None:
    """Note sideways scrolling, raw keys and what axe finds."""
    wide, width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if wide > width:
        found.add(where, f"scrolls sideways: {wide} px in {width}")
    for key in page.evaluate(RAW_KEYS):
        found.add(where, f"untranslated: {key}")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for violation in page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)"
    ):
        if violation["impact"] in GRAVE:
            node = violation["nodes"][0]
            found.add(
                where,
                f"{violation['impact']}: {violation['id']} at {node['target']} {node.get('failureSummary', '')!r}",
            )


# Words such as `logs.column.name` standing alone in the page.
RAW_KEYS = r"""() => {
  const words = document.body.innerText.split(/\s+/)
  const key = /^(common|problem|shell|session|account|access|logs|map|channels|reception)\.[a-z_.]+$/
  return [...new Set(words.filter(word => key.test(word)))]
}"""


def _sheet(browser: Browser, view: View, pictures: list[tuple[int, bytes]]) -> None:
    """Lay the pictures side by side: wide ones two in a row, then the narrow ones in one row."""
    with (
        tempfile.TemporaryDirectory() as folder,
        browser.new_context(viewport={"width": 1480, "height": 900}) as context,
    ):
        names = []
        for nth, (width, picture) in enumerate(pictures):
            name = Path(folder, f"{nth}.png")
            name.write_bytes(picture)
            names.append((width, name))
        page = context.new_page()
        sheet = Path(folder, "sheet.html")
        sheet.write_text(_markup(view.name, names), encoding="utf-8")
        page.goto(sheet.as_uri())
        page.screenshot(path=OUT / f"{view.name}.jpg", full_page=True, type="jpeg", quality=82)


def _markup(name: str, pictures: list[tuple[int, Path]]) -> str:
    def row(wanted: int, width: int) -> str:
        cells = (f'<img src="{path.as_uri()}" width="{width}">' for size, path in pictures if size == wanted)
        return f"<div>{''.join(cells)}</div>"

    style = (
        "body{margin:12px;background:#888;font:13px sans-serif}div{display:flex;flex-wrap:wrap;gap:8px;margin-top:8px}"
    )
    return f"<meta charset=utf-8><style>{style}</style>{html.escape(name)}{row(1440, 720)}{row(390, 352)}"


def _press(*keys: str) -> Callable[[Page], None]:
    def arrange(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)

    return arrange


def _click(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.click()


def _open_account(part: str = "") -> Callable[[Page], None]:
    def arrange(page: Page) -> None:
        page.locator("tr.account th a").filter(has_text="Shop").click()
        page.locator("form.account-form").wait_for()
        if part:
            page.locator(f'nav a[href$="/{part}"]').click()
            page.locator(".empty").wait_for()

    return arrange


def _try_rules(page: Page) -> None:
    page.locator("#try-subject").fill("I want a refund")
    page.locator(".try button").click()
    page.locator(".result").wait_for()


def _choose_step(page: Page) -> None:
    page.locator("g[data-node]").nth(2).dispatch_event("click")  # it may lie outside of what a phone shows


def _begin_two_steps(page: Page) -> None:
    page.get_by_role("button", name=re.compile("开启两步验证|Set up two-step sign-in")).click()
    page.locator(".qr").scroll_into_view_if_needed()
    page.mouse.wheel(0, 2000)


def _give_file(page: Page) -> None:
    rows = "".join(f"C-{case},进线,2026-11-02 09:{case:02d},小周\n" for case in range(9))
    content = ("会话号,环节,发生时间,客服\n" + rows).encode("gb18030")
    file = FilePayload(name="十一月工单.csv", mimeType="text/csv", buffer=content)
    page.locator("input[type=file]").set_input_files(file)
    page.locator(".mapping table").wait_for()


def _write_in_the_chat(page: Page) -> None:
    page.locator("servewell-chat .launcher").click()
    page.locator("servewell-chat textarea#text").fill("E42? https://shop.example/kettle")
    page.keyboard.press("Enter")
    page.locator("servewell-chat .message.visitor:not(.waiting)").wait_for()


MAP = "main g[data-node]"
VIEWS = [
    View("sign-in", "/sign-in", "form .main", signed_in=False),
    View("process", "/process", MAP),
    View("process-step", "/process/journal", MAP, _choose_step),
    View("process-variants", "/process/journal?tab=variants", MAP),
    View("process-cases", "/process/journal?tab=cases", MAP),
    View("logs", "/logs", "li.log"),
    View("logs-mapping", "/logs", "li.log", _give_file),
    View("logs-delete", "/logs", "li.log", _click("li.log .actions button")),
    View("channels", "/settings/channels", "tr.account", manages=True),
    View("channel", "/settings/channels", "tr.account", _open_account(), manages=True),
    View("channel-aside", "/settings/channels", "tr.account", _open_account("aside"), manages=True),
    View("channel-new", "/settings/channels/new/email", "form.account-form", manages=True),
    View("reception", "/settings/reception", "li.rule", _try_rules, manages=True),
    View("reception-rule", "/settings/reception", "li.rule", _click("li.rule .do .btn"), manages=True),
    View("account", "/account", "form"),
    View("sign-ins", "/account", "ul li .tag", lambda page: page.locator("ul li .tag").scroll_into_view_if_needed()),
    View("two-steps", "/account", "form", _begin_two_steps),
    View("keyboard", "/account", "form", _press("?")),
    View("palette", "/account", "form", _press("Control+k")),
    View("me", "/account", "form", _click(".me")),
    View("lost", "/nowhere", ".empty"),
    View("shop", "/demo/shop", ".goods li", signed_in=False),
    View("chat", "/demo/shop", "servewell-chat .launcher", _write_in_the_chat, signed_in=False),
]

if __name__ == "__main__":
    sys.exit(main())
