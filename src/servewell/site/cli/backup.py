"""Write the whole installation into one file."""

import argparse
from pathlib import Path

from servewell.site.cli import talk


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file."""
    parser.add_argument("file", metavar="FILE", help=talk.text("site.backup.file"))


def run(options: argparse.Namespace) -> None:
    """Back up, also while Servewell runs."""
    from servewell.site import backups, database, places

    data = places.prepare(places.data())
    with database.ready(data) as url:
        done = backups.write(Path(options.file).absolute(), data, url)
    found = {"file": str(done.file), "bytes": done.bytes, "files": done.files}
    megabytes = f"{done.bytes / 2**20:.1f}"
    talk.emit(options, found, talk.text("site.backup.done", file=done.file, megabytes=megabytes, files=done.files))
