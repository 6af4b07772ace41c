"""What stands in a mail beside what was written? The signature, the customer's link, the mail that it answers."""

import html as markup
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from servewell.apps.base import settings, texts
from servewell.apps.channels.email import options
from servewell.apps.channels.frame import links
from servewell.apps.channels.frame.kinds import Outgoing
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations.models import Message

_QUOTED = 4000  # characters of the mail that is answered


@dataclass(frozen=True, slots=True)
class Words:
    """The body of a mail."""

    text: str
    html: str  # empty: text only


def worded(account: Account, outgoing: Outgoing, language: str, *, quoted: Message | None, is_private: bool) -> Words:
    """Return what stands in the mail; `quoted` is the mail that it answers.

    The link opens the whole conversation: it stands in no mail that others than the customer read.
    """
    said = options.said(account)
    signature = str(said["signature_zh" if language == texts.DEFAULT else "signature_en"] or "").strip()
    link = _link(outgoing, language) if said["link"] and is_private else ""
    footer = texts.say("channels_email.mail.link", language, link=link) if link else ""
    words, about = _quoted(quoted, language) if said["quote"] and quoted is not None else ("", "")
    parts = [outgoing.text.rstrip()]
    if signature or footer:
        parts.append("-- \n" + "\n\n".join(part for part in (signature, footer) if part))
    if words:
        parts.append(about + "\n" + "\n".join(f"> {line}" if line else ">" for line in words.split("\n")))
    page = (
        _page(outgoing.html, signature, footer, link=link, quoted=words, about=about) if outgoing.html.strip() else ""
    )
    return Words("\n\n".join(parts) + "\n", page)


def _link(outgoing: Outgoing, language: str) -> str:
    """Return the address of the customer's page, unless it stands in the words already."""
    link = links.link_of(outgoing.conversation_id, language)
    return "" if link in outgoing.text else link


def _page(body: str, signature: str, footer: str, *, link: str, quoted: str, about: str) -> str:
    parts = [f"<div>{body}</div>"]
    if signature:
        parts.append(f'<div style="color:#666"><br>-- <br>{_lines(signature)}</div>')
    if footer:
        shown = _lines(footer).replace(
            markup.escape(link), f'<a href="{markup.escape(link)}">{markup.escape(link)}</a>'
        )
        parts.append(f'<div style="color:#666"><br>{shown}</div>')
    if quoted:
        style = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"
        parts.append(f'<div><br>{_lines(about)}</div><blockquote style="{style}">{_lines(quoted)}</blockquote>')
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{"".join(parts)}</body></html>'


def _lines(text: str) -> str:
    return "<br>".join(markup.escape(line) for line in text.split("\n"))


def _quoted(answered: Message, language: str) -> tuple[str, str]:
    """Return what the mail said that is answered, shortened, and the line that says so."""
    text = answered.text.strip()
    if not text:
        return "", ""
    shown = text if len(text) <= _QUOTED else text[:_QUOTED].rstrip() + " …"
    at = answered.created_at.astimezone(ZoneInfo(str(settings.get("people.zone"))))  # as the house reads the clock
    about = texts.say("channels_email.mail.quoted", language, date=f"{at:%Y-%m-%d %H:%M}")
    return shown, about
