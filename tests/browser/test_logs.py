"""Can a newcomer drop a log on a page and look at its map?"""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import BrowserContext, FilePayload, Page, expect
from tests.browser.conftest import Person, Watch

STEPS = ("进线", "核对身份", "问题分类", "给出答案", "关闭")


def chinese_csv(cases: int = 40) -> bytes:
    """Return a log as a Chinese help desk exports it: GB18030, times without zone, one column of no use."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["会话号", "环节", "发生时间", "客服", "渠道"])
    start = datetime(2026, 11, 2, 9)  # noqa: DTZ001 - the file names no zone, which is what is tested
    for case in range(cases):
        for nth, step in enumerate(STEPS):
            at = start + timedelta(minutes=17 * case + 3 * nth)
            rows.writerow([f"C-{case:04d}", step, at.strftime("%Y-%m-%d %H:%M:%S"), "小周", "网页"])
    return text.getvalue().encode("gb18030")


def give(page: Page, name: str, content: bytes) -> None:
    file: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)


def test_it_works(as_manager: Page) -> None:
    """A Chinese CSV is guessed right, read in, and shown as a map; then it is deleted."""
    as_manager.goto("/logs")
    give(as_manager, "十一月工单.csv", chinese_csv())
    card = as_manager.get_by_role("region", name="十一月工单.csv")
    expect(card.get_by_text("编码 GB18030")).to_be_visible()
    for column, role in {
        "会话号": "case",
        "环节": "activity",
        "发生时间": "time",
        "客服": "resource",
        "渠道": "none",
    }.items():
        expect(card.get_by_label(f"“{column}”列的含义")).to_have_value(role)
    expect(card.get_by_text("把“会话号”当作案例，“环节”当作活动，“发生时间”当作时间，“客服”当作人员。")).to_be_visible()
    card.get_by_role("button", name="开始读入").click()
    row = as_manager.get_by_role("listitem").filter(has_text="十一月工单")
    note = as_manager.get_by_role("log").filter(has_text="“十一月工单”已读入 40 个案例。")
    expect(note.get_by_role("link", name="查看流程图")).to_be_visible(timeout=30_000)
    expect(row.get_by_role("link", name="查看流程图")).to_be_visible(timeout=30_000)
    expect(row).to_contain_text("40")
    expect(row).to_contain_text("200")
    row.get_by_role("link", name="查看流程图").click()
    expect(as_manager.get_by_role("main")).to_contain_text("核对身份")

    as_manager.goto("/logs")
    row.get_by_role("button", name="删除").click()
    as_manager.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(row).to_have_count(0)


def test_a_date_that_may_be_two_days_is_asked_for(as_manager: Page) -> None:
    """01/09/2026 is the first of September for who says so, and nothing starts before."""
    as_manager.goto("/logs")
    give(as_manager, "slashed.csv", b"case,activity,time\n1,x,01/09/2026 09:00\n1,y,02/09/2026 09:05\n")
    card = as_manager.get_by_role("region", name="slashed.csv")
    expect(card.get_by_role("button", name="开始读入")).to_be_disabled()
    card.get_by_label("“01/09/2026”是哪一天").select_option(label="9月1日（日在前）")
    card.get_by_role("button", name="开始读入").click()
    row = as_manager.get_by_role("listitem").filter(has_text="slashed")
    expect(row).to_contain_text("2026-09-01", timeout=30_000)
    expect(row.get_by_role("link", name="查看流程图")).to_be_visible()


def test_a_wrong_guess_is_mended_by_hand(as_manager: Page) -> None:
    """Until case, activity and time are named, the form says what is missing and does not start."""
    as_manager.goto("/logs")
    give(as_manager, "odd.csv", b"a,b,c\n1,x,2026-11-02 09:00\n1,y,2026-11-02 09:05\n2,x,2026-11-02 09:09\n")
    card = as_manager.get_by_role("region", name="odd.csv")
    for column in "abc":
        card.get_by_label(f"“{column}”列的含义").select_option("none")
    expect(card.get_by_role("status")).to_have_text("还要指定：案例、活动、时间。请在上面的列名下选择。")
    expect(card.get_by_role("button", name="开始读入")).to_be_disabled()
    for column, role in {"a": "case", "b": "activity", "c": "time"}.items():
        card.get_by_label(f"“{column}”列的含义").select_option(role)
    expect(card.get_by_role("button", name="开始读入")).to_be_enabled()


def test_a_bad_file_is_told_in_a_sentence(as_manager: Page, watch: Watch) -> None:
    """An empty file and a picture: each says what to do, and nothing is left behind."""
    watch.expected.append("status of 4")
    as_manager.goto("/logs")
    for name, content in (("empty.csv", b""), ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)):
        give(as_manager, name, content)
        card = as_manager.get_by_role("region", name=name)
        expect(card.get_by_role("alert")).to_contain_text("。")
        card.get_by_role("button", name="知道了").click()
        expect(card).to_have_count(0)


def test_a_file_may_be_dropped_anywhere(as_manager: Page) -> None:
    """Held over the page it is told where; let go, it is uploaded."""
    as_manager.goto("/logs")
    expect(as_manager.get_by_role("heading", name="日志", exact=True)).to_be_visible()
    data = as_manager.evaluate_handle(
        "text => { const held = new DataTransfer(); held.items.add(new File([text], 'dropped.csv')); return held }",
        "case,activity,time\n1,a,2026-11-02T09:00:00Z\n1,b,2026-11-02T09:05:00Z\n",
    )
    as_manager.dispatch_event("body", "dragenter", {"dataTransfer": data})
    expect(as_manager.get_by_text("松手即上传")).to_be_visible()
    as_manager.dispatch_event("body", "drop", {"dataTransfer": data})
    expect(as_manager.get_by_role("main")).to_contain_text("dropped")
    expect(as_manager.get_by_text("松手即上传")).to_have_count(0)


def test_who_may_only_read_is_not_asked_to_upload(
    open_context: Callable[..., BrowserContext], make_person: Callable[..., Person]
) -> None:
    """An auditor sees logs, and nothing that would be refused."""
    page = open_context(make_person("auditor")).new_page()
    page.goto("/logs")
    expect(page.get_by_role("heading", name="日志", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="上传日志")).to_have_count(0)
