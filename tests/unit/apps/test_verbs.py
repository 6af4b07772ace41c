"""Does every verb record what it does? Each public function of an `actions.py` does, or is listed with its reason."""

import ast
from pathlib import Path

import pytest

import servewell

APPS = Path(servewell.__file__).parent / "apps"
ACTIONS = sorted(APPS.glob("*/actions.py"))

# Verbs that record no event themselves, and why.
SILENT = {
    "journal.record": "it is what records",
    "journal.load": "brings events in that were recorded elsewhere",
    "journal.log_access": "writes to the access log, which is a record of its own",
    "people.reset_second_factor": "the deletion of each authenticator records it, whoever deletes (`listeners.py`)",
    "insight.send": "a file on its way is no log yet; `start_import` records that one is asked for",
    "insight.report": "says how far an import is; `settle` records it when it is there",
    "insight.forget": "removes a file that was sent for an import",
    "insight.defer": "hands work to a worker; changes nothing",
    "insight.free_name": "only asks",
}


def test_it_works() -> None:
    """The rooms that change state are looked at, and a verb that forgot its event would be found."""
    assert {file.parent.name for file in ACTIONS} >= {"journal", "people", "insight"}
    room = """
def solve(case): case.save()
def close(case): _note(case)
def _note(case): record(case)
"""
    forgetful = ast.parse(room)
    assert silent_verbs(forgetful) == ["solve"]


@pytest.mark.parametrize("file", ACTIONS, ids=lambda file: file.parent.name)
def test_each_verb_records_or_is_listed_with_its_reason(file: Path) -> None:
    found = {f"{file.parent.name}.{verb}" for verb in silent_verbs(ast.parse(file.read_text(encoding="utf-8")))}
    assert found == {verb for verb in SILENT if verb.startswith(f"{file.parent.name}.")}


def public_verbs(file: Path) -> list[str]:
    """Return the names of a file's public functions."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


def silent_verbs(tree: ast.Module) -> list[str]:
    """Return the public functions that neither call `record` nor another function of the file that does."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    calls = {name: called_in(node) for name, node in functions.items()}
    telling = {name for name, called in calls.items() if "record" in called}
    while more := {name for name, called in calls.items() if called & telling} - telling:
        telling |= more
    return [name for name in functions if not name.startswith("_") and name not in telling]


def called_in(node: ast.AST) -> set[str]:
    return {call.func.id for call in ast.walk(node) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)}
