"""Is what was written told from what was quoted, in both languages, and is nothing lost?"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.base import cleaning
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
# As programs write HTML: cut to what matters.
HTML = {
    "outlook": (
        "<html><body><p class=MsoNormal>Thanks, it came.</p><p class=MsoNormal>&nbsp;</p><div style='bor"
        "der:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>From:</b> Help &lt;help@shop.exa"
        "mple&gt; <br><b>Sent:</b> Monday<br><b>To:</b> Wang<br><b>Subject:</b> RE: Parcel</p></div><p>D"
        "id it come?</p></body></html>"
    ),
    "outlook zh": (
        "<p>收到了。</p><div style='border-top:solid #E1E1E1 1.0pt'><p><b>发件人:</b> 客服 &lt;help@shop.example&"
        "gt;<br><b>发送时间:</b> 2026年3月9日<br><b>收件人:</b> 王<br><b>主题:</b> 包裹</p></div><p>收到了吗？</p>"
    ),
    "qq": (
        "<div>收到了。</div><div><br></div><div style='font-size:12px'>------------------&nbsp;原始邮件&nbsp;---"
        '---------------</div><div><div><b>发件人:</b>&nbsp;"客服"&lt;help@shop.example&gt;;</div><div><b>发送时'
        "间:</b>&nbsp;2026年3月9日</div></div><div>收到了吗？</div>"
    ),
    "163": (
        '<div>收到了。</div><br>在 2026-03-09 10:00:00，"客服" &lt;help@shop.example&gt; 写道：<br><blockquote>收到了吗'
        "？</blockquote>"
    ),
    "163 new": (
        "<div>收到了。</div><div>---- 回复的原邮件 ----</div><table><tr><td>发件人</td><td>客服</td></tr></table>"
        "<div>收到了吗？</div>"
    ),
    "foxmail": (
        "<div>收到了。</div><hr><div><b>发件人：</b>&nbsp;<a href='mailto:h@s'>客服</a></div><div><b>发送时间：</b>&nbs"
        "p;2026-03-09 10:00</div><div><b>收件人：</b>&nbsp;王</div><div><b>主题：</b>&nbsp;包裹</div><div>收到了吗？</d"
        "iv>"
    ),
    "gmail zh": (
        "<div dir=ltr>收到了。</div><br><div class=gmail_quote><div dir=ltr class=gmail_attr>客服 &lt;<a href="
        "'mailto:help@shop.example'>help@shop.example</a>&gt; 于2026年3月9日周一 10:00写道：<br></div><blockquote"
        ">收到了吗？</blockquote></div>"
    ),
    "aliyun": (
        "<div>收到了。</div><div>------------------------------------------------------------------</div><di"
        "v>发件人：客服&lt;help@shop.example&gt;</div><div>发送时间：2026年3月9日</div><div>收件人：王</div><div>主\u3000题：包裹</di"
        "v><div>收到了吗？</div>"
    ),
    "apple": (
        "<div>It came.</div><div><br><blockquote type=cite><div>On 9 Mar 2026, at 10:00, Help &lt;help@s"
        "hop.example&gt; wrote:</div><br><div>Did it?</div></blockquote></div>"
    ),
    "iphone": (
        "<div>It came.</div><br><div>Sent from my iPhone</div><div><br><blockquote type=cite>On 9 Mar 20"
        "26, at 10:00, Help &lt;help@shop.example&gt; wrote:<br><br></blockquote></div><blockquote>Did i"
        "t?</blockquote>"
    ),
    "outlook ios": (
        "<div>It came.</div><div>Get <a href=x>Outlook for iOS</a></div><hr><div id=divRplyFwdMsg><b>Fro"
        "m:</b> Help &lt;h@s.example&gt;<br><b>Sent:</b> Monday<br><b>To:</b> W<br><b>Subject:</b> x<div"
        ">Did it?</div>"
    ),
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


@pytest.mark.parametrize("program", HTML)
def test_answers_in_html(program: str) -> None:
    """The words of HTML are parted where its program began to quote; a signature of a telephone goes with it."""
    said = quoting.split(cleaning.html(HTML[program]).text)
    assert said.text in {"Thanks, it came.", "收到了。", "It came."}
    assert said.quoted.endswith(("Did it come?", "Did it?", "收到了吗？"))


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
