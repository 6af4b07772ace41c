"""Which mails come in? The same files for both sites: Chinese and English, plain and HTML, with and without files."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from random import Random

import intake_texts  # beside this file


@dataclass(frozen=True)
class Mail:
    """A mail as it stands in a mailbox; `{to}` in it is the mailbox's address."""

    sender: str
    raw: bytes

    def to(self, address: str) -> bytes:
        """Return it as it came to an address."""
        return self.raw.replace(b"mailbox@bench.example", address.encode())


def mails(run: str, many: int) -> list[Mail]:
    """Return so many mails, each of somebody new: of ten six plain, three with HTML, one with a picture beside."""
    return [_mail(Random(number), f"{run}-{number}", number) for number in range(many)]


def mail(name: str, subject: str, text: str, *, sender: str = "", answers: str = "") -> Mail:
    """Return one mail; its Message-ID is `<name@bench.example>`."""
    made = _headed(name, subject, sender or f"{name}@customers.example", answers)
    made.set_content(text)
    return Mail(made["From"], made.as_bytes())


def _mail(random: Random, name: str, number: int) -> Mail:
    said = intake_texts.talk(random)
    text = "\n\n".join(words for _, words in said.messages[:1])
    made = _headed(name, said.subject[:100], f"{name}@customers.example", "")
    made.set_content(f"{text}\n\n-- \nSent from a shop\n")
    if number % 10 in {3, 6, 9}:
        made.add_alternative(_html(text), subtype="html")
    if number % 10 == 7:
        made.add_attachment(_picture(random), maintype="image", subtype="png", filename="照片.png")
    return Mail(made["From"], made.as_bytes())


def _headed(name: str, subject: str, sender: str, answers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "mailbox@bench.example", subject
    made["Message-ID"], made["Date"] = f"<{name}@bench.example>", format_datetime(datetime.now(UTC))
    if answers:
        made["References"] = f"<{answers}@bench.example>"  # some programs write no In-Reply-To
    return made


def _html(text: str) -> str:
    parts = (f'<p style="margin:0 0 12px">{part}</p>' for part in text.split("。"))
    quoted = f"<blockquote type='cite'><p>{text}</p></blockquote>"
    return f"<html><body><div>{''.join(parts)}</div>{quoted}</body></html>"


def _picture(random: Random) -> bytes:
    """Bytes of the size and begin of a small picture; nobody looks into it."""
    return b"\x89PNG\r\n\x1a\n" + random.randbytes(20_000)
