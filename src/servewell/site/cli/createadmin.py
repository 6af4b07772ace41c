"""Make an administrator, or let one in again who lost the password."""

import argparse
import getpass
import sys

from servewell.site.cli import installation, talk
from servewell.site.errors import NoTerminal, PasswordsDiffer


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare who; what is missing is asked for."""
    parser.add_argument("--username", help=talk.text("site.createadmin.username"))
    parser.add_argument("--name", default="", help=talk.text("site.createadmin.name"))
    parser.add_argument("--email", default="", help=talk.text("site.createadmin.email"))
    parser.add_argument("--password-stdin", action="store_true", help=talk.text("site.createadmin.password-stdin"))
    parser.add_argument("--reset", action="store_true", help=talk.text("site.createadmin.reset"))


def run(options: argparse.Namespace) -> None:
    """Make the administrator, or with --reset set their password and role and open the account again."""
    username = options.username or _ask("site.createadmin.ask-username")
    password = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else _ask_password()
    with installation.ready(options):
        installation.demand_migrated()
        id_, done = _reset(username, password) if options.reset else _make(options, username, password)
    talk.emit(options, {"id": str(id_), "username": username}, talk.text(f"site.createadmin.{done}", username=username))


def _make(options: argparse.Namespace, username: str, password: str) -> tuple[object, str]:
    from servewell.apps.people import actions

    user = actions.create_admin(username, password, name=options.name, email=options.email, language=talk.language())
    return user.pk, "made"


def _reset(username: str, password: str) -> tuple[object, str]:
    from django.db import transaction

    from servewell.apps.base.principal import SYSTEM
    from servewell.apps.people import actions, queries
    from servewell.apps.people.errors import NoSuchPerson

    user = queries.called(username)
    if user is None:
        raise NoSuchPerson
    with transaction.atomic():
        actions.change_user(SYSTEM, user.pk, role="administrator", is_active=True, password=password)
        actions.reset_second_factor(SYSTEM, user.pk)
        actions.unlock(SYSTEM, user.pk)
    return user.pk, "reset-done"


def _ask(key: str) -> str:
    _demand_terminal()
    print(f"{talk.text(key)} ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _ask_password() -> str:
    _demand_terminal()
    first = getpass.getpass(f"{talk.text('site.createadmin.ask-password')} ")
    if getpass.getpass(f"{talk.text('site.createadmin.ask-again')} ") != first:
        raise PasswordsDiffer
    return first


def _demand_terminal() -> None:
    if not sys.stdin.isatty():
        raise NoTerminal
