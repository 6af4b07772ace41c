"""Does every message arrive once and in order, whatever the network and the server do meanwhile?"""

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect
from tests.browser import live_site
from tests.browser.conftest import Site, Watch
from tests.browser.widget.conftest import Street
from tests.browser.widget.shop import (
    Line,
    Widget,
    answer,
    stored,
)

# What a browser notes of a network that fails; the widget is to live with it.
BROKEN = ("ERR_", "Failed to load resource", "status of 5", "status of 429", "CORS policy")

START_S = 240.0  # beside another site, on a loaded machine


@pytest.fixture
def line(site: Site, watch: Watch) -> Iterator[Line]:
    """Return a line to the site that can be cut."""
    watch.expected.extend(BROKEN)
    opened = Line(site.url)
    yield opened
    opened.close()


def numbers(most: int, begin: int = 1) -> list[str]:
    """Return messages whose order can be seen."""
    return [f"第 {number} 条" for number in range(begin, most + 1)]


def test_it_works(line: Line, street: Street, lin: Any) -> None:
    """What is written without a network waits, says so, outlives a reload, and is sent in order when it is back."""
    chat = street.chat()
    page = street.visit(street.shop(chat, via=line.url))
    widget = Widget(page).open()
    widget.write("第 1 条")
    widget.says("第 1 条")
    page.context.set_offline(True)
    widget.write(*numbers(4, 2))
    expect(widget.waiting).to_have_count(3)
    expect(widget.panel.get_by_text("网络已断开")).to_be_visible()
    page.context.set_offline(False)
    widget.says(*numbers(4))
    answer(chat, lin, "都收到了。")
    widget.says(*numbers(4), "都收到了。")
    assert stored(chat) == numbers(4)


def test_what_waits_outlives_the_page(line: Line, street: Street) -> None:
    """The page is closed while the server is away; another one opened later sends what waits, its file too."""
    chat = street.chat()
    shop = street.shop(chat, via=line.url)
    page = street.visit(shop)
    widget = Widget(page).open()
    widget.write("第 1 条")
    widget.says("第 1 条")
    line.down()
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="添加文件").click()
    choosing.value.set_files([{"name": "单据.txt", "mimeType": "text/plain", "buffer": "有效".encode()}])
    widget.write("第 2 条", "第 3 条")
    expect(widget.waiting).to_have_count(2)
    line.up = True
    later = street.visit(shop, beside=page)
    page.close()
    other = Widget(later).open()
    other.says(*numbers(3), timeout=60_000)
    expect(later.get_by_role("button", name="下载 单据.txt")).to_be_visible()
    assert stored(chat) == numbers(3)


def test_a_slow_network(street: Street, lin: Any) -> None:
    """At the pace of 2G (1.5 s there and back, 50 kbit/s) everything comes through, both ways."""
    chat = street.chat()
    page = street.visit(street.shop(chat))
    widget = Widget(page).open()
    talk = page.context.new_cdp_session(page)
    talk.send("Network.enable")
    slow = {"offline": False, "latency": 1500, "downloadThroughput": 6250, "uploadThroughput": 6250}
    talk.send("Network.emulateNetworkConditions", slow)
    widget.write(*numbers(4))
    widget.says(*numbers(4), timeout=90_000)
    answer(chat, lin, "慢慢来。")
    widget.says(*numbers(4), "慢慢来。", timeout=60_000)
    assert stored(chat) == numbers(4)


def test_connections_cut_at_any_moment(line: Line, street: Street, lin: Any) -> None:
    """Streams and answers broken off in the middle, again and again: each message once, in order, answers too."""
    chat = street.chat()
    page = street.visit(street.shop(chat, via=line.url))
    widget = Widget(page).open()
    widget.write("第 1 条")
    widget.says("第 1 条")
    chance = random.Random(7)
    for number in range(2, 9):
        widget.write(f"第 {number} 条")
        page.wait_for_timeout(chance.choice([0, 5, 20, 60]))
        line.cut()
    widget.says(*numbers(8), timeout=90_000)
    answer(chat, lin, "收到。")
    widget.says(*numbers(8), "收到。", timeout=60_000)
    assert stored(chat) == numbers(8)


def test_requests_that_fail_by_chance(street: Street, watch: Watch) -> None:
    """Half of all requests fail: not sent at all, answered by a broken server, or done with the answer lost."""
    watch.expected.extend(BROKEN)
    chat = street.chat()
    page = street.visit(street.shop(chat))
    widget = Widget(page).open()
    chance = random.Random(11)
    done = count()

    def fate(route: Route) -> None:
        drawn = chance.random() if next(done) < 60 else 1.0
        if drawn < 0.2:
            route.abort("connectionreset")
        elif drawn < 0.3:
            route.fulfill(status=502, body="<html>Bad gateway", headers={"Access-Control-Allow-Origin": "*"})
        elif drawn < 0.5 and route.request.method == "POST":
            route.fetch()  # it is done; the answer is lost
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/api/v1/channels/webchat/**", fate)
    widget.write(*numbers(8))
    widget.says(*numbers(8), timeout=120_000)
    page.unroute_all(behavior="ignoreErrors")
    assert stored(chat) == numbers(8)


def test_a_proxy_that_keeps_the_stream_back(line: Line, street: Street, lin: Any) -> None:
    """Answers come by asking."""
    line.mute = True
    chat = street.chat()
    page = street.visit(street.shop(chat, via=line.url))
    widget = Widget(page).open()
    widget.write("在吗？")
    widget.says("在吗？")
    answer(chat, lin, "在的。")
    widget.says("在吗？", "在的。", timeout=40_000)


def test_a_token_that_is_no_longer_known(street: Street, watch: Watch) -> None:
    """The widget becomes another visitor, and what waits goes with it."""
    watch.expected.append("status of 401")
    chat = street.chat()
    page = street.visit(street.shop(chat))
    widget = Widget(page).open()
    widget.write("第 1 条")
    widget.says("第 1 条")
    page.context.set_offline(True)
    watch.expected.extend(BROKEN)
    widget.write("第 2 条")
    expect(widget.waiting).to_have_count(1)
    revoke(chat)
    page.context.set_offline(False)
    widget.says("第 2 条", timeout=60_000)
    assert stored(chat) == numbers(2)


def test_too_much_at_once(street: Street, watch: Watch) -> None:
    """The server says wait: a sentence says so, and all of it is sent, in order, when the time has come."""
    watch.expected.append("status of 429")
    chat = street.chat()
    page = street.visit(street.shop(chat))
    widget = Widget(page).open()
    widget.write(*numbers(14))
    expect(page.locator("servewell-chat .notice.warn")).to_be_visible(timeout=30_000)
    widget.says(*numbers(14), timeout=120_000)
    assert stored(chat) == numbers(14)


def test_a_server_that_is_killed_and_started_again(
    watch: Watch,
    street: Street,
    lin: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Killed with what was sent half done; what is written meanwhile waits; afterwards all is there, once, in order."""
    watch.expected.extend(BROKEN)
    folder = tmp_path_factory.mktemp("killed")
    chat = street.chat()
    with own_site(folder, "first.log") as (url, kill):
        line = Line(url)
        page = street.visit(street.shop(chat, via=line.url))
        widget = Widget(page).open()
        widget.write(*numbers(3))
        kill()
        widget.write(*numbers(6, 4))
    with own_site(folder, "second.log") as (url, _):
        line.lead_to(url)
        widget.says(*numbers(6), timeout=120_000)
        answer(chat, lin, "又回来了。")
        widget.says(*numbers(6), "又回来了。", timeout=60_000)
        page.context.close()
    line.close()
    assert stored(chat) == numbers(6)


@contextmanager
def own_site(folder: Path, log: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """Run a site of one's own over the same database; yield its address and how to kill it outright."""
    data = folder / "data"
    database = {"SERVEWELL_DATABASE_URL": os.environ["SERVEWELL_DATABASE_URL"], "SERVEWELL_DATA": str(data)}
    with live_site.running(data, folder / log, environment=database, patience=START_S) as url:
        yield url, lambda: os.killpg(process_of(data), signal.SIGKILL)


def process_of(data: Path) -> int:
    """Return the process that runs on a data folder; it leads its group."""
    return int((data / "up.lock").read_text().split()[0])


def revoke(account: Any) -> None:
    """Take the tokens of a chat's visitors away."""
    from servewell.apps.channels.webchat.models import Visitor

    assert Visitor.objects.filter(account=account).delete()[0]
