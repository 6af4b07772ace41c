"""House rules that no other linter knows, each with the story that made it a rule. Exit 1 names each breach."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "servewell"
LONGEST = 400

# Where a transaction may begin: verbs, and the machinery of floor 0 that claims and settles work.
TRANSACTION_DOORS = {"actions.py", "jobs.py", "listeners.py", "reception.py"}
TRANSACTION_ROOMS = ("apps/base/",)


def main() -> int:
    breaches = sorted(breach for rule in RULES for breach in rule())
    for breach in breaches:
        print(breach)
    print(f"{len(RULES)} house rules, {len(breaches)} breaches")
    return 1 if breaches else 0


def transactions_begin_in_actions() -> Iterator[str]:
    """A handler that opened its own transaction committed half a change when a later step failed."""
    for path, tree in _modules("apps"):
        place = path.relative_to(SOURCE).as_posix()
        if path.name in TRANSACTION_DOORS or "actions" in path.parts or place.startswith(TRANSACTION_ROOMS):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "atomic" and _named(node.value, "transaction"):
                yield f"{place}:{node.lineno}: transaction.atomic belongs into actions.py"


def nobody_commits_in_the_middle() -> Iterator[str]:
    """A commit inside a request once made an error page for work that had been done."""
    for path, tree in _modules("apps"):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in {"commit", "set_autocommit", "rollback"}
                and _named(node.value, "transaction")
            ):
                yield f"{path.relative_to(SOURCE)}:{node.lineno}: no transaction.{node.attr}"


def time_and_ids_come_from_base() -> Iterator[str]:
    """A clock asked in two ways gave events that were recorded before they occurred."""
    banned = {("datetime", "now"), ("datetime", "utcnow"), ("timezone", "now"), ("uuid", "uuid4"), ("time", "time")}
    for path, tree in _modules("apps", "engines"):
        place = path.relative_to(SOURCE).as_posix()
        if place == "apps/base/clock.py":
            continue
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
                continue
            if (node.value.id, node.attr) in banned:
                yield f"{place}:{node.lineno}: ask base.clock or base.ids, not {node.value.id}.{node.attr}"


def both_languages_say_the_same_things() -> Iterator[str]:
    """A sentence that existed in English only was shown as a key to a Chinese customer."""
    for folder in (SOURCE / "texts", ROOT / "frontend/workspace/texts"):
        keys = {language: _keys(folder / language) for language in ("zh-Hans", "en")}
        for language, other in (("zh-Hans", "en"), ("en", "zh-Hans")):
            for key in sorted(keys[other].keys() - keys[language].keys()):
                yield f"{folder.relative_to(ROOT)}/{language}: lacks {key}"
        for key in sorted(keys["en"].keys() & keys["zh-Hans"].keys()):
            if _places(keys["en"][key]) != _places(keys["zh-Hans"][key]):
                yield f"{folder.relative_to(ROOT)}: {key} has other places in the two languages"


def rows_are_claimed_once() -> Iterator[str]:
    """Among many rows one plan looked anew for each, claimed them all and told of one; the others waited for nobody."""
    for path in _tracked("*.sql"):
        text = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
        for found in re.finditer("skip locked", text):
            if _before_its_bracket(text, found.start()).endswith(" in"):
                line = text[: found.start()].count("\n") + 1
                yield f"{path.relative_to(ROOT)}:{line}: `= any (array(select ... skip locked))`, not `in (select ...)`"


def long_files_give_a_reason() -> Iterator[str]:
    """A file that only ever grew was the one nobody dared to change."""
    for path in _tracked("*.py", "*.ts", "*.vue", "*.css"):
        if "migrations" in path.parts:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > LONGEST and not any("long because" in line for line in lines[:20]):
            yield f"{path.relative_to(ROOT)}: {len(lines)} lines; split it or say 'long because ...' at its top"


def no_place_of_ours_is_named() -> Iterator[str]:
    """A path of somebody's machine in a document sends every reader looking for it."""
    banned = re.compile(
        "|".join(["pypi" + r"\.org", "registry" + r"\.npmjs", "files" + r"\.pythonhosted", "/work" + "/"])
    )
    for path in _tracked():
        if path.suffix in {".png", ".gz", ".ico", ".woff2"} or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if banned.search(line):
                yield f"{path.relative_to(ROOT)}:{number}: names a package host or a path of one machine"


RULES = (
    transactions_begin_in_actions,
    nobody_commits_in_the_middle,
    time_and_ids_come_from_base,
    both_languages_say_the_same_things,
    rows_are_claimed_once,
    long_files_give_a_reason,
    no_place_of_ours_is_named,
)


def _before_its_bracket(text: str, at: int) -> str:
    """Return what stands before the bracket that `at` lies in."""
    depth = 0
    for place in range(at - 1, -1, -1):
        depth += (text[place] == ")") - (text[place] == "(")
        if depth < 0:
            return text[:place].rstrip()
    return ""


def _modules(*floors: str) -> Iterator[tuple[Path, ast.Module]]:
    for floor in floors:
        for path in sorted((SOURCE / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def _named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _keys(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.json")):
        found.update(_flat(file.stem, json.loads(file.read_text(encoding="utf-8"))))
    return found


def _flat(prefix: str, value: object) -> dict[str, str]:
    if isinstance(value, dict):
        return {key: text for name, inner in value.items() for key, text in _flat(f"{prefix}.{name}", inner).items()}
    return {prefix: str(value)}


def _places(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)[^}]*\}", sentence))


def _tracked(*patterns: str) -> list[Path]:
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.splitlines() if (ROOT / name).is_file()]


if __name__ == "__main__":
    sys.exit(main())
