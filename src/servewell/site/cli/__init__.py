"""`servewell <command>`: how does a person, or a script, tell Servewell what to do?

A command is a module here with two functions (a new one is a copied module and a line in COMMANDS):

    def arguments(parser: argparse.ArgumentParser) -> None: ...   its options; `--json --lang --data` come by themselves
    def run(options: argparse.Namespace) -> int | None: ...       the exit code; None is 0

Its one-line help is the text `site.command.<name>`. Heavy imports belong inside `run`. A command that needs the
database and Django opens `with installation.ready(options):` first. What it prints goes through `talk`: `talk.emit`
for the result (JSON with --json), `talk.note` for progress on stderr. It refuses by raising: a ServewellError, or an
engine's exception with `code` and `values` (text `<engine>.error.<code>`); either ends in one sentence and exit 2.
"""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from servewell.site.cli import talk

COMMANDS = {  # name: module, in the order of the help
    "up": "up",
    "web": "web",
    "worker": "worker",
    "migrate": "migrate",
    "doctor": "doctor",
    "createadmin": "createadmin",
    "settings": "settings",
    "reindex": "reindex",
    "backup": "backup",
    "restore": "restore",
    "import": "imports",
    "export": "export",
    "mine": "mine",
    "demo-shop": "demo_shop",
}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code: 0 done, 1 failed, 2 refused what was asked."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(words: list[str]) -> int:
    """Run the command that `words` name and return its exit code; nothing escapes as a traceback."""
    talk.choose_language(words)
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    options: argparse.Namespace | None = None
    try:
        options = _parse(words)
        if options.data:
            os.environ["SERVEWELL_DATA"] = options.data
        return importlib.import_module(f"{__name__}.{COMMANDS[options.command]}").run(options) or 0
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:  # `servewell mine ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as error:
        return talk.explain(error, as_json=bool(options and options.json))


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in our words and leaves with 2."""

    def error(self, message: str) -> NoReturn:
        talk.complain(talk.text("site.cli.usage", message=message, program=self.prog))
        raise SystemExit(2)


def _parse(words: list[str]) -> argparse.Namespace:
    talk.translate_argparse()
    parser = _Parser(prog="servewell", description=talk.text("site.cli.about"))
    parser.add_argument("--version", action="version", version=_version())
    parser.add_argument("--lang", metavar="zh|en", help=talk.text("site.cli.lang"))
    commands = parser.add_subparsers(dest="command", metavar=talk.text("site.cli.command"), required=True)
    wanted = next((word for word in words if word in COMMANDS), None)
    for name, module in COMMANDS.items():
        about = talk.text(f"site.command.{name}")
        command = commands.add_parser(
            name,
            help=about,
            description=about,
            parents=[_common()],
            conflict_handler="resolve",  # a command may give a common option another meaning: `mine --json FILE`
        )
        if name == wanted:
            importlib.import_module(f"{__name__}.{module}").arguments(command)
    return parser.parse_args(words)


def _common() -> _Parser:
    parent = _Parser(add_help=False)
    parent.add_argument("--json", action="store_true", help=talk.text("site.cli.json"))
    parent.add_argument("--lang", metavar="zh|en", default=argparse.SUPPRESS, help=talk.text("site.cli.lang"))
    parent.add_argument("--data", metavar="DIR", help=talk.text("site.cli.data"))
    return parent


def _version() -> str:
    from importlib.metadata import version

    return f"servewell {version('servewell')}"
