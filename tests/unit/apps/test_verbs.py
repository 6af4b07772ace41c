"""Does every verb record what it does? Each public function of a room's actions does, or is listed with its reason.

A room's actions are `actions.py`, or the files of a folder `actions`; there a file that begins with `_` holds no verbs.
"""

import ast
from pathlib import Path

import pytest

import servewell

APPS = Path(servewell.__file__).parent / "apps"
FILES = sorted({*APPS.rglob("actions.py"), *APPS.rglob("actions/*.py")})


def room_of(file: Path) -> str:
    """Return whose verbs a file holds: a room's, or a folder's of the channels (`channels_email`; the frame's own)."""
    folders = [part for part in file.relative_to(APPS).parent.parts if part not in {"actions", "frame"}]
    return "_".join(folders)


ROOMS = sorted({room_of(file) for file in FILES})
Sources = dict[str, ast.Module]  # by module, of one room
Key = tuple[str, str]  # a function: its module and name

# Verbs that record no event themselves, and why.
SILENT = {
    "journal.record_all": "it is what records",
    "journal.load": "brings events in that were recorded elsewhere",
    "journal.log_access": "writes to the access log, which is a record of its own",
    "people.reset_second_factor": "the deletion of each authenticator records it, whoever deletes (`listeners.py`)",
    "people.show_sign_of_life": "that a screen is still open is no event; that all of a person's fell silent is one",
    "people.forget_old_sign_ins": "removes what is past its retention; what happened stays in the journal",
    "conversations.forget_old": "removes what was kept to undo changes that can no longer be undone",
    "conversations.look": "who has it open just now is not history; the others' screens hear of it at once",
    "conversations.mark_read": "how far somebody has read changes nothing that others see",
    "conversations.set_due": "the room of promises records what it promised; this is where lists sort by it",
    "channels.arrived_all": "as `arrived`",
    "channels.arrived": "keeps what came in raw; what becomes of it is recorded when it is read",
    "channels.came_in": "notes when something came last; what came is recorded by its own room",
    "channels.give_back": "what was claimed and not begun is as if it had not been",
    "channels.postpone": "lets an arrival be tried later; what becomes of it is recorded when it is read",
    "channels.waits": "that a message waits is recorded by its conversation",
    "channels.failed": "that a message failed is recorded by its conversation",
    "channels.send_again": "that a message is on its way again is recorded by its conversation",
    "channels.put": "puts a call into the outbox, in the transaction of the reply that was recorded",
    "channels.give_account": "by which account a conversation goes that had none: seen with the message that goes",
    "channels.forget": "`customers.erase` records that somebody is erased",
    "channels.forget_answers": "removes what is counted no more",
    "channels_case.write": "what a customer writes by a link is recorded by its conversation",
    "channels_case.forget_transcripts": "removes what is counted no more",
    "channels_email.read_so_far": "how far a mailbox was read; what came is recorded when it is taken in",
    "channels_email.keep_refresh_token": "the other side exchanged a token: nobody changed anything",
    "channels_webchat.hello": "who opens a page of the shop is nobody yet; what they write is recorded",
    "channels_webchat.forget": "a browser forgets its token; what was written stays",
    "channels_webchat.forget_customer": "`customers.erase` records that somebody is erased",
    "channels_webchat.forget_silent": "removes what is past its retention",
    "channels_webchat.note_life": "that a page is still open is no event",
    "channels_webchat.fetched": "how far messages got is recorded by their conversation",
    "channels_webchat.read": "how far messages got is recorded by their conversation",
    "channels_webchat.types": "who types just now is not history",
    "channels_webchat.end": "that a customer is done is recorded by the conversation",
    "channels_webchat.write": "what a visitor writes is recorded by its conversation",
    "webhooks.note_success": "a call that came through stands in the webhook's own log",
    "insight.send": "a file on its way is no log yet; `start_import` records that one is asked for",
    "insight.report": "says how far an import is; `settle` records it when it is there",
    "insight.forget": "removes a file that was sent for an import",
    "insight.defer": "hands work to a worker; changes nothing",
    "insight.free_name": "only asks",
}


def test_it_works() -> None:
    """The rooms that change state are looked at, and a verb that forgot its event would be found."""
    assert set(ROOMS) >= {"journal", "people", "insight"}
    cases = """
def solve(case): case.save()
def close(case): _note(case)
def reopen(case): notes.note(case)
def merge(case): note(case)
def _note(case): record(case)
"""
    room = {"cases": ast.parse(cases), "notes": ast.parse("def note(case): record(case)"), "_inner": ast.parse("")}
    assert silent_verbs(room) == ["solve"]
    assert verbs_in(room) == ["solve", "close", "reopen", "merge", "note"]


@pytest.mark.parametrize("room", ROOMS)
def test_each_verb_records_or_is_listed_with_its_reason(room: str) -> None:
    found = {f"{room}.{verb}" for verb in silent_verbs(sources(room))}
    assert found == {verb for verb in SILENT if verb.startswith(f"{room}.")}


@pytest.mark.parametrize("room", ROOMS)
def test_no_two_verbs_of_a_room_share_a_name(room: str) -> None:
    verbs = verbs_in(sources(room))
    assert len(verbs) == len(set(verbs))


def all_verbs() -> set[str]:
    """Return `<room>.<verb>` of every room."""
    return {f"{room}.{verb}" for room in ROOMS for verb in verbs_in(sources(room))}


def sources(room: str) -> Sources:
    """Return the modules that hold a room's verbs, and what they share."""
    mine = [file for file in FILES if room_of(file) == room]
    return {file.stem: ast.parse(file.read_text(encoding="utf-8")) for file in mine}


def verbs_in(room: Sources) -> list[str]:
    """Return the names of the public functions of a room's actions."""
    return [name for module, name in functions_of(room) if not module.startswith("_") and name[0] != "_"]


def silent_verbs(room: Sources) -> list[str]:
    """Return the public functions that neither call `record` nor another function of the room's actions that does."""
    functions = functions_of(room)
    calls = {key: called_in(key[0], node, functions) for key, node in functions.items()}
    telling = {key for key, called in calls.items() if any(name == "record" for _, name in called)}
    while more := {key for key, called in calls.items() if called & telling} - telling:
        telling |= more
    silent = {name for _, name in functions} - {name for _, name in telling}
    return [name for name in verbs_in(room) if name in silent]


def functions_of(room: Sources) -> dict[Key, ast.FunctionDef]:
    """Return the functions at the top of each module."""
    return {
        (module, node.name): node
        for module, tree in room.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def called_in(module: str, node: ast.AST, functions: dict[Key, ast.FunctionDef]) -> set[Key]:
    """Return what a function calls: of its own module first, else of another one of the room; `record` has none."""
    found: set[Key] = set()
    for call in ast.walk(node):
        match call:
            case ast.Call(func=ast.Name(id=name)) if (module, name) in functions:
                found.add((module, name))
            case ast.Call(func=ast.Name(id="record" | "record_all" | "record_soon")):
                found.add(("", "record"))
            case ast.Call(func=ast.Name(id=name)):
                found |= {key for key in functions if key[1] == name}
            case ast.Call(func=ast.Attribute(value=ast.Name(id=other), attr=name)) if (other, name) in functions:
                found.add((other, name))
    return found
