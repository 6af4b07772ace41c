"""Are the words and files of a mail those that its writer saw, however oddly it was made?"""

import re

import pytest
from tests import mails
from tests.service.apps.channels.email.postbox import came, conversation, message

from servewell.apps.base import attachments
from servewell.apps.channels.email import receiving
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations.models import MessageAttachment
from servewell.apps.customers.models import Customer, Identity

pytestmark = pytest.mark.django_db


class TestOdd:
    """Whatever is odd about a mail: it is a message, or set aside."""

    @pytest.mark.parametrize("name", mails.ODD)
    def test_is_taken(self, box: Account, name: str) -> None:
        """It is taken in, of the one who wrote it."""
        arrival = came(box, mails.ODD[name]())
        assert (arrival.state, arrival.words) == ("taken", "")
        assert Identity.objects.get().value == "wang@example.com"
        said = message(arrival)
        assert "\x00" not in said.text + said.html + said.quoted
        assert "<script" not in said.html

    @pytest.mark.parametrize("name", mails.UNFIT)
    def test_is_set_aside(self, box: Account, name: str) -> None:
        """What nobody wrote, or what is no mail, is set aside with its reason, as it came."""
        raw = mails.UNFIT[name]()
        arrival = came(box, raw)
        assert (arrival.state, arrival.outcome) == ("aside", "unreadable")
        assert arrival.words
        with attachments.open(arrival.raw_id)[1] as kept:
            assert kept.read() == raw

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("an unknown charset", "你好，包裹在哪里？"),
            ("GB18030", "你好，包裹在哪里？𠮷"),
            ("GB18030 said to be GB2312", "镕龑㙍在哪里"),
            ("Big5", "我的包裹在哪裡？"),
            ("iso-2022-jp", "荷物はどこですか"),
            ("Korean", "소포는 어디에"),
            ("UTF-8 said to be ASCII", "你好"),
            ("NUL bytes", "Where is my parcel?"),
            ("broken Base64", "Where is it?"),
            ("no boundary", "Where is it?"),
            ("an unclosed boundary", "Where is it?\nAnd when?"),
            ("no body", ""),
        ],
    )
    def test_is_read(self, box: Account, name: str, text: str) -> None:
        """Its words are those that were written."""
        assert message(came(box, mails.ODD[name]())).text.strip() == text

    def test_a_raw_header(self, box: Account) -> None:
        """A header in GB18030 that says nothing of it is read."""
        arrival = came(box, mails.ODD["a raw header"]())
        assert (conversation(arrival).subject, Customer.objects.get().name) == ("包裹在哪里", "王")

    def test_script_and_pictures(self, box: Account) -> None:
        """Script is gone; pictures from elsewhere wait for a click, and nothing else would be loaded."""
        html = message(came(box, mails.ODD["script"]())).html
        assert "alert" not in html
        assert "javascript" not in html
        assert re.findall(r"[\w-]+=\"https://spy[^\"]*\"", html) == ['data-src="https://spy.example/p.gif"']
        assert "url(" not in html
        assert "<link" not in html

    def test_5_000_links(self, box: Account) -> None:
        """All of a mail of 5,000 links is there."""
        assert message(came(box, mails.ODD["5,000 links"]())).html.count("<a ") == 5000

    def test_40_mb(self, box: Account) -> None:
        """A mail of 40 MB is taken, its file whole."""
        raw = mails.large(40)
        assert 40 <= len(raw) / 2**20 <= 42
        arrival = came(box, raw)
        file = MessageAttachment.objects.get(message_id=arrival.message_id).attachment
        assert (file.name, file.media_type, file.size) == ("scan.pdf", "application/pdf", 40 * 3 * 1024 * 256 + 9)


def files(arrival: Arrival) -> list[tuple[str, str, str]]:
    rows = MessageAttachment.objects.filter(message_id=arrival.message_id).select_related("attachment")
    return [(row.attachment.name, row.attachment.media_type, row.content_id) for row in rows]


class TestQuoted:
    """What was written stands apart from what was quoted, in text and in HTML alone."""

    def test_text(self, box: Account) -> None:
        """Both are kept."""
        arrival = came(box, mails.mail("Yes.\n\n在 2026年3月9日，客服 <help@shop.example> 写道：\n> 收到了吗？\n"))
        said = message(arrival)
        assert said.text == "Yes."
        assert said.quoted.endswith("> 收到了吗？")
        assert conversation(arrival).preview == "Yes."

    def test_html_alone(self, box: Account) -> None:
        """The words of HTML are parted too; what it looks like stays whole."""
        html = (
            "<div>Yes.</div><div>On Mon, 9 Mar 2026 at 10:00, Help &lt;<a href='mailto:h@s.example'>h@s.example</a>&gt;"
            " wrote:<br></div><blockquote>Did it come?</blockquote>"
        )
        said = message(came(box, mails.mail(html, Content_Type="text/html; charset=utf-8")))
        assert said.text == "Yes."
        assert said.quoted.endswith("Did it come?")
        assert "Did it come?" in said.html


class TestFiles:
    """What is not shown as words is a file."""

    def test_pictures_in_the_text(self, box: Account) -> None:
        """A picture that the HTML calls by name keeps that name."""
        html = mails.part('<p>Look: <img src="cid:pic@1"></p>', "text/html; charset=utf-8")
        picture = mails.file(mails.PNG, "image/png", "p.png", Content_ID="<pic@1>", Content_Disposition="inline")
        inner = mails.nested([html, picture], "related", "rel")
        arrival = came(box, mails.multipart([mails.part("Look"), inner], "alternative"))
        assert files(arrival) == [("image.png", "image/png", "pic@1")]
        assert 'src="cid:pic@1"' in message(arrival).html
        assert message(arrival).text == "Look"

    def test_names(self, box: Account) -> None:
        """Names of files come in three ways, and leave no folder."""
        given = [
            mails.part(b"%PDF-1", "application/pdf", Content_Disposition="attachment; filename*=UTF-8''%E5%8F%91.pdf"),
            mails.part(b"%PDF-2", 'application/pdf; name="=?utf-8?B?5Y+R56Wo?=.pdf"', Content_Disposition="attachment"),
            mails.part(b"%PDF-3", "application/pdf", Content_Disposition='attachment; filename="../../etc/passwd"'),
            mails.part(
                b"%PDF-4", "application/pdf", Content_Disposition='attachment; filename*0="lo"; filename*1="ng.pdf"'
            ),
        ]
        assert [name for name, _, _ in files(came(box, mails.multipart(given)))] == [
            "发.pdf",
            "发票.pdf",
            "passwd",
            "long.pdf",
        ]

    def test_a_mail_within(self, box: Account) -> None:
        """A mail that was attached is a file that mail programs open."""
        assert files(came(box, mails.ODD["a mail within"]()))[0][0] == "message.eml"

    def test_very_many(self, box: Account) -> None:
        """Of very many files the first are kept, and the whole mail as the last."""
        many = [mails.file(b"%d" % n, "application/x-thing", f"{n}.bin") for n in range(300)]
        arrival = came(box, mails.multipart(many))
        names = [name for name, _, _ in files(arrival)]
        assert (len(names), names[-1]) == (receiving.MOST_FILES, "message.eml")

    def test_what_lies_too_deep(self, box: Account) -> None:
        """What is nested too deeply to be read is a file."""
        arrival = came(box, mails.deep(60))
        assert arrival.state == "taken"
        assert (message(arrival).text, [name for name, _, _ in files(arrival)]) == ("", ["message.eml"])
