"""Is what was written told from what was quoted, in both languages, and is nothing lost?"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.channels.email import quoting

OUTLOOK_ZH = "发件人: 客服 <help@shop.example>\n发送时间: 2026年3月9日 10:00\n收件人: 王\n主题: 包裹\n\n您好"
OUTLOOK_EN = "From: Help <help@shop.example>\nSent: Monday, 9 March 2026 10:00\nTo: Wang\nSubject: Parcel\n\nHello"
# What a program puts above what it quotes.
ABOVE = {
    "Gmail": "On Mon, 9 Mar 2026 at 10:00, Help <help@shop.example> wrote:\n\n> Hello\n> there",
    "Gmail, broken": "On Mon, 9 Mar 2026 at 10:00, Help Desk of the Shop\n<help@shop.example> wrote:\n\n> Hello",
    "Gmail, Chinese": "Help <help@shop.example> 于2026年3月9日周一 10:00写道：\n\n> 您好",
    "Apple": "On 9 Mar 2026, at 10:00, Help <help@shop.example> wrote:\n\nHello",
    "Apple, Chinese": "在 2026年3月9日，上午10:00，客服 <help@shop.example> 写道：\n\n> 您好",
    "Outlook": OUTLOOK_EN,
    "Outlook, Chinese": OUTLOOK_ZH,
    "Outlook's line": "________________________________\n" + OUTLOOK_EN,
    "Outlook of old": "-----Original Message-----\n" + OUTLOOK_EN,
    "Outlook of old, Chinese": "-----邮件原件-----\n" + OUTLOOK_ZH,
    "bold heads": "*发件人:* 客服 <help@shop.example>\n*日期:* 2026年3月9日\n*收件人:* 王\n*主题:* 包裹\n\n您好",
    "QQ": '------------------ 原始邮件 ------------------\n发件人: "客服" <help@shop.example>;\n\n您好',
    "QQ's spaces": "------------------\xa0原始邮件\xa0------------------\n发件人: 客服\n\n您好",
    "163": '在 2026-03-09 10:00:00，"客服" <help@shop.example> 写道：\n\n您好',
    "163, English": 'At 2026-03-09 10:00:00, "Help" <help@shop.example> wrote:\n>Hello',
    "163 of today": "---- 回复的原邮件 ----\n| 发件人 | 客服 |\n您好",
    "Foxmail": "发件人： 客服\n发送时间： 2026-03-09 10:00\n收件人： 王\n主题： 包裹\n您好",
    "German": "Am 09.03.26 um 10:00 schrieb Help:\n> Hallo",
    "French": "Le 9 mars 2026 à 10:00, Help <help@shop.example> a écrit :\n> Bonjour",
    "nothing but marks": "> Hello\n> there",
}
SIGNED = {
    "the rule": "-- \nWang\nCEO",
    "without its space": "--\nWang",
    "iPhone": "Sent from my iPhone",
    "iPhone, Chinese": "发自我的iPhone",
    "iPhone, other Chinese": "从我的iPhone发送",
    "Outlook": "Get Outlook for iOS",
    "163's": "发自 网易邮箱大师",
    "Huawei": "发自我的华为手机",
}


def squeezed(text: str) -> str:
    return "".join(sorted("".join(text.split())))


@pytest.mark.parametrize("program", ABOVE)
def test_answers_above(program: str) -> None:
    """What stands above a quotation is the answer, whichever program quoted."""
    said = quoting.split(f"Where is it?\n我的包裹呢？\n\n{ABOVE[program]}\n")
    assert said.text == "Where is it?\n我的包裹呢？"
    assert said.quoted == ABOVE[program]


def test_an_answer_below() -> None:
    """What stands below the only quotation is the answer too."""
    said = quoting.split("On Mon, 9 Mar 2026, Help wrote:\n> Where do you live?\n\nIn Shanghai.\n")
    assert (said.text, "Where do you live?" in said.quoted) == ("In Shanghai.", True)


def test_answers_between() -> None:
    """Answers between the lines of a quotation mean nothing without it: all stays."""
    text = "See below.\n\nOn Mon, 9 Mar 2026, Help wrote:\n> Where do you live?\nShanghai.\n> And your name?\nWang."
    assert quoting.split(text) == quoting.Said(text)


@pytest.mark.parametrize("program", SIGNED)
def test_signatures(program: str) -> None:
    """A signature stands beside, above a quotation too."""
    assert quoting.split(f"Hello\n\n{SIGNED[program]}\n") == quoting.Said("Hello", SIGNED[program])
    said = quoting.split(f"Hello\n\n{SIGNED[program]}\n\n{ABOVE['Gmail']}")
    assert said.text == "Hello"
    assert said.quoted.startswith(SIGNED[program])


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote:\nnothing",  # no date, no address
        "She said:\n- one\n- two",
        "From: here\nto there",
        "a\n--\n" + "\n".join(str(n) for n in range(30)),  # too long for a signature
        "5 > 3\nand 3 < 5",
        "Sent from my iPhone",  # nothing else was written
        "> all of it\n> is quoted",
        "---------- Forwarded message ---------\n" + OUTLOOK_EN,
        "FYI\n\n---------- Forwarded message ---------\n" + OUTLOOK_EN,
        "请看\n\n---------- 转发的邮件 ---------\n" + OUTLOOK_ZH,
        "Begin forwarded message:\n\n" + OUTLOOK_EN,
        "",
    ],
)
def test_what_stays(text: str) -> None:
    """Words that only look like it, what is sent on to us, and what would leave nothing stay."""
    assert quoting.split(text) == quoting.Said(text)


_LINES = [*ABOVE.values(), *SIGNED.values(), "", "Hello", "> a", ">> b", "-- ", "-----Original Message-----", "wrote:"]


@given(st.lists(st.one_of(st.sampled_from(_LINES), st.text(max_size=40)), max_size=12).map("\n".join))
def test_nothing_is_lost(text: str) -> None:
    """The words of both parts are those of the mail, each once."""
    said = quoting.split(text)
    assert squeezed(said.text + said.quoted) == squeezed(text)
    assert said.text.strip() or not text.strip()


@pytest.mark.parametrize(
    "text",
    [">" * 1_000_000, "> a\n" * 300_000, "From: x\n" * 100_000, "On 1\n" * 200_000, "a" * 1_000_000, "On 1 " * 200_000,
     "_" * 30 + "\n" + "From: x\nSent: y\n" * 100_000, "-" * 499 + "\n", " " * 499 + "\n" * 100_000, "a@" * 249 + "\n"],
)  # fmt: skip
def test_bombs(text: str) -> None:
    """Texts that are made to take time take little."""
    began = time.process_time()
    quoting.split(text)
    assert time.process_time() - began < 5
