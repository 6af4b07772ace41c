"""Does a newcomer see the process, where time goes, and the cases behind each claim?"""

import csv
import io
import json
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import APIRequestContext, BrowserContext, FilePayload, Locator, Page, Playwright, expect
from tests.browser.conftest import PASSWORD, Person, Site, Watch

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
HOUR = 3600
# Variants of the small log: steps with hours since the one before, and in how many cases.
SHOP = (
    ((("进线", 0), ("核对身份", 1), ("给出答案", 1), ("关闭", 1)), 12),
    ((("进线", 0), ("核对身份", 1), ("核对身份", 2), ("交给人工", 30), ("关闭", 1)), 6),
    ((("进线", 0), ("核对身份", 1), ("交给人工", 30), ("核对身份", 3), ("交给人工", 30), ("关闭", 1)), 2),
)


@pytest.fixture(scope="module")
def asking(site: Site, playwright: Playwright) -> Iterator[APIRequestContext]:
    """Somebody who imports logs by API."""
    from django.conf import settings
    from django.test import Client

    from servewell.apps.base.principal import SYSTEM
    from servewell.apps.people import actions

    client = Client()
    client.force_login(
        actions.create_user(SYSTEM, "mapmaker", PASSWORD, role="manager", name="绘图", language="zh-Hans")
    )
    cookie = f"sw_session={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    token = "a" * 32
    headers = {"Cookie": f"{cookie}; csrftoken={token}", "X-CSRFToken": token, "Referer": site.url}
    context = playwright.request.new_context(base_url=site.url, extra_http_headers=headers)
    yield context
    context.dispose()


@pytest.fixture(scope="module")
def shop(asking: APIRequestContext) -> str:
    """Twenty cases in three ways: 192 hours of 236 lie before 交给人工."""
    rows = []
    number = 0
    for steps, cases in SHOP:
        for _ in range(cases):
            number += 1
            at = 1_762_000_000 + number * 7 * HOUR
            for step, hours in steps:
                at += hours * HOUR
                rows.append((f"案例-{number:03d}", step, stamp(at), f"坐席{number % 3}"))
    return imported(asking, "小店", rows)


@pytest.fixture(scope="module")
def large(asking: APIRequestContext) -> str:
    """Sixty activities in a ladder with shortcuts and ways back: more than a hundred paths."""
    rows = []
    for case in range(120):
        at, step, back = 1_762_000_000 + case * HOUR, case % 2, case % 3
        while step < 60:
            rows.append((f"c{case}", f"步骤 {step:02d} 处理", stamp(at), "系统"))
            at += (step * 37 % 11 + 1) * 600
            step += 1 + (case * 7 + step * 13) % 2
            if back and (case + step) % 11 == 0:
                step, back = max(0, step - 3), back - 1
    return imported(asking, "六十步", rows)


def imported(asking: APIRequestContext, name: str, rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([("case", "activity", "time", "resource"), *rows])
    file: FilePayload = {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}
    sent = asking.post("/api/v1/insight/uploads", multipart={"file": file})
    assert sent.status == 201, sent.text()
    columns = {"case": "case", "activity": ["activity"], "time": "time", "resource": "resource"}
    wanted = {"upload": sent.json()["id"], "name": name, "columns": columns, "zone": None}
    log = asking.post("/api/v1/insight/logs", data=wanted)
    assert log.status == 202, log.text()
    address = f"/api/v1/insight/logs/{log.json()['id']}"
    end = time.monotonic() + 60
    while (state := asking.get(address).json())["state"] == "importing" and time.monotonic() < end:
        time.sleep(0.2)
    assert state["state"] == "ready", state
    return str(state["id"])


def stamp(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def opened(page: Page, log: str, query: str = "") -> Locator:
    """Open the map and return its drawing, once it is laid out."""
    page.goto(f"/process/{log}{query}")
    drawing = page.get_by_role("group", name="流程图：").or_(page.get_by_role("group", name="Process map:"))
    expect(drawing.get_by_role("button").first).to_be_visible(timeout=20_000)
    return drawing


def panel(page: Page) -> Locator:
    return page.get_by_role("tabpanel")


def test_it_works(as_manager: Page, shop: str) -> None:
    """From the finding in the title to the figures, the cases behind them, and the time line of one."""
    drawing = opened(as_manager, shop)
    expect(as_manager.get_by_role("heading", level=1)).to_contain_text("时间主要花在「核对身份 → 交给人工」")
    expect(drawing.get_by_role("button")).to_have_count(5)
    drawing.get_by_role("button", name="交给人工").click()
    expect(panel(as_manager)).to_contain_text("8 个案例")
    as_manager.get_by_role("button", name="查看 8 个案例").click()
    expect(panel(as_manager).get_by_role("listitem")).to_have_count(8)
    panel(as_manager).get_by_role("listitem").first.get_by_role("button").click()
    expect(panel(as_manager)).to_contain_text("1 天 6 小时")
    expect(panel(as_manager)).to_contain_text("第 2 次")


def test_the_address_carries_what_is_shown(as_manager: Page, shop: str) -> None:
    """A filter set on the page is in the address, survives a reload, and the back button takes it away."""
    drawing = opened(as_manager, shop)
    drawing.get_by_role("button", name="给出答案").click()
    as_manager.get_by_role("button", name="只看经过的", exact=True).click()
    chip = as_manager.get_by_role("button", name="去掉筛选：经过 给出答案")
    expect(chip).to_be_visible()
    expect(as_manager.get_by_text("剩 12 个案例，占 60%")).to_be_visible()
    as_manager.get_by_role("radio", name="次数").click()
    as_manager.reload()
    expect(chip).to_be_visible()
    expect(as_manager.get_by_role("radio", name="次数")).to_be_checked()
    expect(as_manager.get_by_role("heading", level=2, name="给出答案")).to_be_visible()
    as_manager.go_back()
    expect(chip).to_have_count(0)
    expect(drawing.get_by_role("button")).to_have_count(5)


def test_each_finding_leads_to_its_cases(as_manager: Page, shop: str) -> None:
    """As many cases are listed as the sentence says, and the path is lit on the map."""
    opened(as_manager, shop)
    row = panel(as_manager).get_by_role("button", name="核对身份 → 交给人工")
    expect(row).to_contain_text("8 个案例")
    row.click()
    expect(panel(as_manager).get_by_role("listitem")).to_have_count(8)
    expect(as_manager.locator(".line.selected")).to_have_count(1)
    as_manager.get_by_role("button", name="取消选择").click()
    as_manager.get_by_role("tab", name="发现").click()
    again = panel(as_manager).get_by_role("button", name="核对身份 40%")
    expect(again).to_contain_text("8 个案例做过不止一次")
    again.click()
    expect(panel(as_manager).get_by_role("listitem")).to_have_count(8)
    expect(as_manager.get_by_role("heading", level=2, name="重复 核对身份")).to_be_visible()
    expect(as_manager.get_by_role("group", name="流程图：5 个活动")).to_be_visible()
    expect(as_manager.get_by_role("group", name="筛选", exact=True)).to_have_count(0)


def test_variants_say_what_they_cover_and_filter(as_manager: Page, shop: str) -> None:
    opened(as_manager, shop, "?tab=variants")
    items = panel(as_manager).get_by_role("listitem")
    expect(items).to_have_count(3)
    expect(items.first).to_contain_text("60%")
    expect(items.nth(1)).to_contain_text("累计 90%")
    chains = panel(as_manager).locator(".chain")
    before = chains.all_inner_texts()
    items.first.get_by_role("button").click()
    expect(as_manager.get_by_text("剩 12 个案例")).to_be_visible()
    expect(as_manager.get_by_role("group", name="流程图：4 个活动")).to_be_visible()
    expect(as_manager.get_by_role("button", name="去掉筛选：路径变体 1（4 步）")).to_be_visible()
    expect(items).to_have_count(3)
    expect(items.first.get_by_role("button")).to_have_attribute("aria-pressed", "true")
    assert chains.all_inner_texts() == before


def test_the_sliders_hide_the_rare_and_say_so(as_manager: Page, large: str) -> None:
    drawing = opened(as_manager, large)
    slider = as_manager.get_by_role("slider", name="活动")
    slider.fill("10")
    expect(drawing.get_by_role("button")).to_have_count(10)
    expect(as_manager.get_by_text("10／60")).to_be_visible()
    expect(as_manager.get_by_text("还有 50 个少见的活动、")).to_be_visible()
    assert "activities=16.67" in as_manager.url


def test_sixty_activities_are_laid_out_in_time_and_without_overlaps(as_manager: Page, large: str) -> None:
    """Under 300 ms in the browser (the best of several on a shared machine); no figure lies on anything."""
    drawing = opened(as_manager, large, "?activities=100&paths=60")
    for measure in ("次数", "覆盖", "中位时间", "P90 时间"):
        as_manager.get_by_role("radio", name=measure).click()
        as_manager.wait_for_timeout(400)
    expect(drawing.get_by_role("button")).to_have_count(60)
    times = as_manager.evaluate("performance.getEntriesByName('servewell-layout').map((one) => one.duration)")
    assert min(times) < 300, times
    assert overlapping(as_manager) == []


def test_nothing_lies_on_anything_at_the_default_zoom(as_manager: Page, shop: str, large: str) -> None:
    for log in (shop, large):
        for query in ("", "?measure=count", "?measure=p90"):
            opened(as_manager, log, query)
            assert overlapping(as_manager) == []


def overlapping(page: Page) -> list[str]:
    """Some boxes and figures that share more than a pixel, as drawn."""
    found: list[str] = page.evaluate(
        """() => {
          const drawn = [...document.querySelectorAll('.viewport .body, .viewport .ground')]
          const things = drawn.map((one) => one.getBoundingClientRect())
          const shared = (a, b, low, high) => Math.min(a[high], b[high]) - Math.max(a[low], b[low])
          const on = (a, b) => shared(a, b, 'left', 'right') > 1 && shared(a, b, 'top', 'bottom') > 1
          const names = drawn.map((one) => one.parentElement.textContent.trim().slice(0, 40))
          const told = (a, i) => things.flatMap((b, k) => k > i && on(a, b) ? [`${names[i]} | ${names[k]}`] : [])
          return things.flatMap(told).slice(0, 5)
        }"""
    )
    return found


def test_everything_works_by_key(as_manager: Page, shop: str) -> None:
    """Tab enters the map at its first step, arrows go on, Enter opens, Escape lets go, / filters."""
    drawing = opened(as_manager, shop)
    drawing.get_by_role("button", name="进线").focus()
    as_manager.keyboard.press("ArrowRight")
    expect(drawing.get_by_role("button", name="核对身份")).to_be_focused()
    as_manager.keyboard.press("Enter")
    expect(as_manager.get_by_role("heading", level=2, name="核对身份")).to_be_visible()
    as_manager.keyboard.press("Escape")
    expect(as_manager.get_by_role("heading", level=2, name="时间花在哪里")).to_be_visible()
    as_manager.keyboard.press("+")
    expect(as_manager.get_by_role("group", name="缩放")).not_to_contain_text("125%")
    as_manager.keyboard.press("f")
    as_manager.keyboard.press("/")
    expect(as_manager.get_by_role("dialog", name="筛选")).to_be_visible()


def test_filters_that_leave_nothing_say_so(as_manager: Page, shop: str) -> None:
    as_manager.goto(f"/process/{shop}?with=给出答案&with=交给人工")
    expect(as_manager.get_by_role("heading", name="没有符合条件的案例")).to_be_visible()
    as_manager.get_by_role("main").get_by_role("button", name="清除筛选").last.click()
    expect(as_manager.get_by_role("group", name="流程图：5 个活动")).to_be_visible()


def test_filters_by_date_and_duration(as_manager: Page, shop: str) -> None:
    """Durations in the unit that is chosen; a range the wrong way round is told, not sent."""
    opened(as_manager, shop)
    as_manager.keyboard.press("/")
    dialog = as_manager.get_by_role("dialog")
    dialog.get_by_label("单位").select_option("hour")
    dialog.get_by_label("至少").fill("20")
    dialog.get_by_label("至多").fill("2")
    expect(dialog.get_by_role("alert")).to_contain_text("请调换")
    dialog.get_by_label("至多").fill("40")
    dialog.get_by_role("button", name="应用").click()
    expect(as_manager.get_by_text("剩 6 个案例，占 30%")).to_be_visible()
    assert "min_s=72000" in as_manager.url


def test_the_map_is_also_a_table(as_manager: Page, shop: str) -> None:
    opened(as_manager, shop)
    as_manager.get_by_role("button", name="表格").click()
    table = as_manager.get_by_role("table", name="活动（5）")
    expect(table.get_by_role("row")).to_have_count(6)
    table.get_by_role("button", name="给出答案").click()
    expect(as_manager.get_by_role("heading", level=2, name="给出答案")).to_be_visible()


def test_the_map_is_taken_away_as_files(as_manager: Page, shop: str) -> None:
    """An SVG that needs nothing else, a PNG of twice its size, a CSV that Excel reads."""
    opened(as_manager, shop)
    svg = ElementTree.fromstring(taken(as_manager, "矢量图（SVG）"))  # noqa: S314 - our own file
    assert "核对身份" in "".join(svg.itertext())
    width = float(svg.get("width", "0"))
    png = taken(as_manager, "图片（PNG）")
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20]) == pytest.approx(2 * width, abs=2)
    table = taken(as_manager, "流程图数据（CSV）")
    assert table.startswith(b"\xef\xbb\xbf")
    assert "核对身份" in table.decode()


def taken(page: Page, name: str) -> bytes:
    page.get_by_role("group").filter(has_text="导出").last.locator("summary").click()
    with page.expect_download() as download:
        page.get_by_text(name, exact=True).click()
    return Path(download.value.path()).read_bytes()


def test_on_a_telephone_the_details_come_up_from_below(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person], shop: str
) -> None:
    """No sideways scrolling, and a tap on a step brings its figures into sight."""
    page = open_context(make_person(), width=390, height=844, has_touch=True, is_mobile=True).new_page()
    drawing = opened(page, shop)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    drawing.get_by_role("button", name="进线").tap()
    expect(page.get_by_role("heading", level=2, name="进线")).to_be_in_viewport()
    expect(page.get_by_role("button", name="展开详情")).to_have_attribute("aria-expanded", "true")


def test_a_log_that_is_gone_says_so(as_manager: Page, shop: str) -> None:
    opened(as_manager, shop)
    as_manager.goto("/process/00000000-0000-7000-8000-000000000000")
    expect(as_manager.get_by_role("heading", name="没有这份日志")).to_be_visible()
    as_manager.get_by_role("combobox", name="选择日志").select_option(label="小店")
    expect(as_manager.get_by_role("group", name="流程图：5 个活动")).to_be_visible()


def test_a_server_that_fails_is_told_with_a_way_to_try_again(as_manager: Page, shop: str, watch: Watch) -> None:
    watch.expected.append("status of 500")
    problem = {"type": "/errors/x", "title": "出错了，请稍后再试。", "status": 500}
    as_manager.route("**/map*", lambda route: route.fulfill(status=500, body=json.dumps(problem)))
    as_manager.goto(f"/process/{shop}")
    expect(as_manager.get_by_role("alert")).to_contain_text("请稍后再试")
    as_manager.unroute("**/map*")
    as_manager.get_by_role("button", name="重试").click()
    expect(as_manager.get_by_role("group", name="流程图：5 个活动")).to_be_visible()


@pytest.mark.parametrize(("language", "theme"), [("zh-Hans", "light"), ("en", "dark")])
def test_nothing_keeps_anybody_out(
    open_context: Callable[..., BrowserContext],
    make_person: Callable[..., Person],
    shop: str,
    language: str,
    theme: str,
) -> None:
    """No finding of axe on the map, its panels, a time line and the table."""
    page = open_context(make_person(language=language, theme=theme)).new_page()
    for query in ("", "?node=核对身份", "?tab=variants", "?tab=cases", "?case=案例-001"):
        opened(page, shop, query)
        expect(panel(page).get_by_role("status")).to_have_count(0)
        assert accused(page) == []
    page.get_by_role("button", name="Table" if language == "en" else "表格").click()
    assert accused(page) == []


def accused(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document.querySelector('main')).then((all) => all.violations)")
    return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]
