"""Where are files kept?"""

import errno
import io
import os
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_django

from servewell.apps.base import attachments, clock, settings
from servewell.apps.base.errors import AttachmentEmpty, AttachmentGone, AttachmentTooLarge, NoRoom
from servewell.apps.base.models import Attachment
from servewell.apps.base.principal import SYSTEM

Capture = Any  # pytest-django's fixture has no public type


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: pytest_django.Settings) -> None:
    settings.DATA = tmp_path


def contents(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]


def test_it_works(tmp_path: Path) -> None:
    """A file is kept under its hash, only for us, and comes back as it was."""
    kept = attachments.store(io.BytesIO(b"hello"), "../hello.txt", "text/html")
    assert (kept.name, kept.media_type, kept.size) == ("hello.txt", "text/plain", 5)
    row, stream = attachments.open(kept.id)
    with stream:
        assert (row.id, stream.read()) == (kept.id, b"hello")
    path = attachments.path_of(kept.sha256)
    assert path.is_relative_to(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_same_bytes_are_kept_once_under_two_names(tmp_path: Path) -> None:
    first = attachments.store(io.BytesIO(b"same"), "a.txt", "")
    second = attachments.store(io.BytesIO(b"same"), "b.txt", "")
    assert (first.sha256, first.name, second.name) == (second.sha256, "a.txt", "b.txt")
    assert len(contents(tmp_path)) == 1


def test_a_file_above_the_limit_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(AttachmentTooLarge):
        attachments.store(io.BytesIO(bytes(1001)), "x", "", limit=1000)
    assert attachments.store(io.BytesIO(bytes(1000)), "x", "", limit=1000).size == 1000
    assert len(contents(tmp_path)) == 1


def test_it_is_read_in_pieces() -> None:
    """A large file never stands in memory as a whole."""

    class Slow(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1) -> bytes:
            piece = super().read(size)
            self.largest = max(self.largest, len(piece))
            return piece

    stream = Slow(bytes(2**20))
    attachments.store(stream, "x", "")
    assert stream.largest <= 2**16


def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(10)

    with pytest.raises(ConnectionResetError):
        attachments.store(Broken(bytes(100)), "x", "")
    assert contents(tmp_path) == []
    assert not Attachment.objects.exists()


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoRoom):
        attachments.store(io.BytesIO(b"x"), "x", "")
    assert contents(tmp_path) == []


def test_an_empty_file_is_a_file() -> None:
    kept = attachments.store(io.BytesIO(b""), "empty", "text/plain")
    assert (kept.size, kept.media_type) == (0, "application/octet-stream")


def test_what_is_gone_is_said_to_be_gone(tmp_path: Path) -> None:
    kept = attachments.store(io.BytesIO(b"x"), "x", "")
    attachments.path_of(kept.sha256).unlink()
    for missing in (kept.id, uuid4()):
        with pytest.raises(AttachmentGone):
            attachments.open(missing)


def test_files_nobody_names_are_swept_after_a_day(tmp_path: Path) -> None:
    kept = attachments.store(io.BytesIO(b"kept"), "x", "")
    orphan = attachments.store(io.BytesIO(b"orphan"), "x", "")
    orphan.delete()
    assert attachments.sweep() == 0  # its transaction may not have ended
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert attachments.sweep() == 1
    assert contents(tmp_path) == [attachments.path_of(kept.sha256)]


class TestUpload:
    """What a person sends before it is part of a message."""

    def test_it_works(self) -> None:
        sender = uuid4()
        assert attachments.upload(io.BytesIO(b"x"), "a.txt", "", sender).uploader == sender

    def test_an_empty_file_is_refused_by_its_name(self, tmp_path: Path) -> None:
        with pytest.raises(AttachmentEmpty) as refusal:
            attachments.upload(io.BytesIO(b""), "a.txt", "", None)
        assert refusal.value.values == {"name": "a.txt"}
        assert not Attachment.objects.exists()

    def test_the_limit_is_a_setting(self) -> None:
        settings.put(SYSTEM, "base.attachment_megabytes", 1)
        attachments.upload(io.BytesIO(bytes(2**20)), "a", "", None)
        with pytest.raises(AttachmentTooLarge) as refusal:
            attachments.upload(io.BytesIO(bytes(2**20 + 1)), "a", "", None)
        assert refusal.value.values == {"megabytes": 1}

    def test_what_became_part_of_nothing_is_forgotten_after_a_day(self, tmp_path: Path) -> None:
        loose = attachments.upload(io.BytesIO(b"loose"), "a.txt", "", None)
        assert attachments.forget_loose() == 0
        with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
            kept = attachments.upload(io.BytesIO(b"young"), "b.txt", "", None)
            assert attachments.forget_loose() == 1
        assert [row.id for row in Attachment.objects.all()] == [kept.id]
        assert not Attachment.objects.filter(id=loose.id).exists()


class TestDropping:
    """What an erasure takes away."""

    def test_rows_and_bytes_go(self, tmp_path: Path, django_capture_on_commit_callbacks: Capture) -> None:
        kept = attachments.store(io.BytesIO(b"hers"), "a.txt", "")
        later = clock.now() + timedelta(hours=2)
        with clock.frozen(later), django_capture_on_commit_callbacks(execute=True):
            assert attachments.drop([kept.id, uuid4()]) == 1
        assert contents(tmp_path) == []
        assert not Attachment.objects.exists()

    def test_bytes_that_another_row_names_stay(
        self, tmp_path: Path, django_capture_on_commit_callbacks: Capture
    ) -> None:
        hers, his = (attachments.store(io.BytesIO(b"same"), name, "") for name in ("a.txt", "b.txt"))
        with clock.frozen(clock.now() + timedelta(hours=2)), django_capture_on_commit_callbacks(execute=True):
            assert attachments.drop([hers.id]) == 1
        assert contents(tmp_path) == [attachments.path_of(his.sha256)]

    def test_bytes_that_are_just_sent_again_stay(
        self, tmp_path: Path, django_capture_on_commit_callbacks: Capture
    ) -> None:
        """Their row may be in a transaction that has not ended."""
        kept = attachments.store(io.BytesIO(b"same"), "a.txt", "")
        with django_capture_on_commit_callbacks(execute=True):
            attachments.drop([kept.id])
        assert contents(tmp_path) == [attachments.path_of(kept.sha256)]
        with clock.frozen(clock.now() + timedelta(days=2)):
            assert attachments.sweep() == 1
