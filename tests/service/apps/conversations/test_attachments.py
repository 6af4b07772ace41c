"""Who sees which file, and how does it come to a browser?"""

import io
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import pytest_django
from django.core.cache import cache
from django.db.models import ProtectedError
from tests import build
from tests.service.apps.people.helpers import signed_in

from servewell.apps.base import attachments, clock
from servewell.apps.base.errors import AttachmentGone
from servewell.apps.base.models import Attachment
from servewell.apps.conversations.attachments import access, http, serving
from servewell.apps.conversations.errors import NoSuchAttachment
from servewell.apps.conversations.models import Conversation, Message, MessageAttachment
from servewell.apps.journal.models import Access

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Any, settings: pytest_django.Settings) -> None:
    settings.DATA = tmp_path


def kept(name: str = "a.png", data: bytes = PNG, **given: Any) -> Attachment:
    return attachments.store(io.BytesIO(data), name, "", **given)


def sent_in(file: Attachment, team: Any = None) -> Conversation:
    """Return the conversation in which a customer sent a file."""
    conversation = Conversation.objects.create(customer=build.customer(), channel="email", team=team)
    message = Message.objects.create(
        conversation=conversation, position=1, author_kind="customer", delivery="received", text="see"
    )
    MessageAttachment.objects.create(message=message, attachment=file)
    return conversation


def fetch(desk: Any, file: Attachment, query: str = "", **headers: str) -> Any:
    return desk.client.get(f"/files/{file.id}/{quote(file.name)}{query}", headers=headers)


def whole(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


class TestAccess:
    """By the conversation; before that, by who sent it."""

    def test_it_works(self) -> None:
        team, file = build.team(), kept()
        sent_in(file, team)
        assert access.readable(build.person("lin", "agent", team).principal(), file.id) == file

    def test_another_team_does_not_even_learn_that_it_is_there(self) -> None:
        file = kept()
        sent_in(file, build.team())
        stranger = build.person("mo", "agent", build.team("Night")).principal()
        for unseen in (file.id, uuid4()):
            with pytest.raises(AttachmentGone):
                access.readable(stranger, unseen)

    def test_who_sent_it_sees_it_until_it_is_part_of_a_message(self) -> None:
        sender, other = (build.person(name, "agent", build.team(name)).principal() for name in ("lin", "mo"))
        file = kept(uploader=sender.id)
        assert access.readable(sender, file.id) == file
        with pytest.raises(AttachmentGone):
            access.readable(other, file.id)
        sent_in(file, build.team("mo"))
        assert access.readable(other, file.id) == file
        with pytest.raises(AttachmentGone):
            access.readable(sender, file.id)

    def test_the_same_bytes_in_another_conversation_are_another_file(self) -> None:
        """Whoever sends the bytes of a secret file does not thereby see where else it lies."""
        secret = kept()
        sent_in(secret, build.team())
        sender = build.person("mo", "agent", build.team("Night")).principal()
        own = kept(uploader=sender.id)
        assert own.sha256 == secret.sha256
        with pytest.raises(AttachmentGone):
            access.readable(sender, secret.id)

    def test_nobody_sends_a_strangers_file(self) -> None:
        sender = build.person("mo", "agent", build.team("Night")).principal()
        own, secret = kept(uploader=sender.id), kept("secret.png")
        sent_in(secret, build.team())
        access.demand_usable(sender, [own.id, own.id])
        access.demand_usable(sender, [])
        for wanted in ([secret.id], [own.id, secret.id], [uuid4()]):
            with pytest.raises(NoSuchAttachment):
                access.demand_usable(sender, wanted)

    def test_a_file_of_a_message_is_not_forgotten(self) -> None:
        file = kept()
        sent_in(file)
        with clock.frozen(clock.now() + timedelta(days=3)):
            assert attachments.forget_loose() == 0
            assert attachments.drop([file.id]) == 0
        with pytest.raises(ProtectedError):
            file.delete()
        MessageAttachment.objects.all().delete()
        assert attachments.drop([file.id]) == 1


class TestServing:
    """As a download from which nothing acts."""

    @pytest.fixture
    def desk(self) -> Any:
        return signed_in(build.person("lin", "manager"))

    def test_it_works(self, desk: Any) -> None:
        file = kept("发票 1.png")
        conversation = sent_in(file)
        answer = fetch(desk, file)
        assert (answer.status_code, whole(answer)) == (200, PNG)
        assert (answer["Content-Type"], answer["Content-Length"]) == ("image/png", str(len(PNG)))
        assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('发票 1.png')}"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "script-src" not in answer["Content-Security-Policy"]
        assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-cache")
        (row,) = Access.objects.all()
        assert (row.subject_kind, row.subject, row.what) == ("attachment", file.id, "attachment.fetched")
        assert conversation.id

    def test_it_is_for_people_and_programs_we_know(self, desk: Any) -> None:
        file = kept()
        sent_in(file)
        desk.client.logout()
        assert fetch(desk, file).status_code == 401
        assert not Access.objects.exists()

    @pytest.mark.parametrize("role", ["agent", "auditor"])
    def test_who_may_not_read_the_conversation_is_told_it_is_not_there(self, role: str) -> None:
        file = kept()
        sent_in(file, build.team())
        answer = fetch(signed_in(build.person("mo", role)), file)
        assert answer.status_code == (404 if role == "agent" else 200)
        if role == "agent":
            assert answer.json()["type"] == "/errors/base-attachment-gone"
        else:
            assert whole(answer) == PNG

    def test_a_file_whose_bytes_are_lost_is_said_to_be_gone(self, desk: Any) -> None:
        file = kept()
        sent_in(file)
        attachments.path_of(file.sha256).unlink()
        assert fetch(desk, file).status_code == 404

    @pytest.mark.parametrize(
        ("name", "data", "media_type"),
        [
            ("a.png", b"<html><script>alert(1)</script>", "text/plain; charset=utf-8"),
            ("a.svg", b"<svg onload='alert(1)'/>", "text/plain; charset=utf-8"),
            ("a.html", b"<html>", "text/plain; charset=utf-8"),
            ("a.jpg", b"MZ\x90\x00", "application/vnd.microsoft.portable-executable"),
            ("a.zip", b"PK\x03\x04" + bytes(50), "application/zip"),
        ],
    )
    def test_what_acts_is_never_shown_in_place(self, desk: Any, name: str, data: bytes, media_type: str) -> None:
        file = kept(name, data)
        sent_in(file)
        answer = fetch(desk, file, "?inline=1")
        assert whole(answer) == data
        assert answer["Content-Type"] == media_type
        assert answer["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer["Content-Security-Policy"]

    def test_a_picture_may_be_shown_in_place(self, desk: Any) -> None:
        file = kept()
        sent_in(file)
        answer = fetch(desk, file, "?inline=1")
        assert whole(answer) == PNG
        assert answer["Content-Disposition"] == 'inline; filename="a.png"'
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        assert Access.objects.get().what == "attachment.shown"

    @pytest.mark.parametrize(
        ("asked", "status", "part"),
        [
            ("bytes=0-9", 206, (0, 10)),
            ("bytes=10-", 206, (10, 208)),
            ("bytes=-8", 206, (200, 208)),
            ("bytes=-999", 206, (0, 208)),
            ("bytes=200-999", 206, (200, 208)),
            ("bytes=207-207", 206, (207, 208)),
            ("bytes=208-", 416, None),
            ("bytes=-0", 416, None),
            ("bytes=9-0", 200, (0, 208)),  # no range at all
            ("bytes=0-1,5-6", 200, (0, 208)),  # several: the whole
            ("lines=0-1", 200, (0, 208)),
            ("bytes=" + "9" * 40 + "-", 200, (0, 208)),
            ("bytes=-", 200, (0, 208)),
        ],
    )
    def test_a_player_gets_the_part_it_asks_for(
        self, desk: Any, asked: str, status: int, part: tuple[int, int] | None
    ) -> None:
        file = kept()
        sent_in(file)
        answer = fetch(desk, file, "?inline=1", Range=asked)
        assert answer.status_code == status
        if part is None:
            assert answer["Content-Range"] == "bytes */208"
            return
        first, end = part
        assert whole(answer) == PNG[first:end]
        assert answer["Content-Length"] == str(end - first)
        assert status == 200 or answer["Content-Range"] == f"bytes {first}-{end - 1}/208"

    def test_no_part_is_fetched_unseen(self, desk: Any) -> None:
        """All but the first byte is the file too; a player's many parts are one look."""
        file, other = kept(), kept("b.png")
        sent_in(file)
        sent_in(other)
        for asked in ("bytes=1-", "bytes=50-60", "bytes=-8", "bytes=0-"):
            whole(fetch(desk, file, "?inline=1", Range=asked))
        assert [row.subject for row in Access.objects.all()] == [file.id]
        whole(fetch(desk, other, "?inline=1", Range="bytes=1-"))
        whole(fetch(signed_in(build.person("mo", "manager")), file, "?inline=1", Range="bytes=1-"))
        assert Access.objects.count() == 3
        cache.clear()  # as after some minutes
        whole(fetch(desk, file, "?inline=1", Range="bytes=1-"))
        assert Access.objects.count() == 4

    def test_what_the_browser_has_is_not_sent_again(self, desk: Any) -> None:
        file = kept()
        sent_in(file)
        first = fetch(desk, file)
        assert whole(first)
        again = fetch(desk, file, **{"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        changed = fetch(desk, file, **{"If-Range": '"other"', "Range": "bytes=0-1"})
        assert (changed.status_code, whole(changed)) == (200, PNG)

    def test_an_address_without_a_file_is_not_the_workspaces_page(self, desk: Any) -> None:
        for path in ("/files", "/files/x", f"/files/{uuid4()}"):
            assert desk.client.get(path).status_code == 404

    def test_nothing_is_written_there(self, desk: Any) -> None:
        file = kept()
        assert desk("POST", f"/files/{file.id}/a.png", {}).status_code == 405


def test_a_part_of_a_file_ends_where_it_should() -> None:
    part = serving.Part(io.BytesIO(b"0123456789"), serving.Span(2, 5))
    assert [part.read(3), part.read(3), part.read(3)] == [b"234", b"56", b""]
    assert serving.Part(io.BytesIO(b"0123456789"), serving.Span(8, 5)).read() == b"89"


def test_a_file_is_told_with_its_address_and_what_to_beware_of() -> None:
    told = http.shown(kept("发票 a#1.png", b"<html>"))
    assert told["url"] == f"/files/{told['id']}/{quote('发票 a#1.png')}"
    assert (told["inline"], told["warning"]) == (False, "other")
