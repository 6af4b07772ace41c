"""What do lists say to PostgreSQL? Statements made of the parts in `statements.sql`, here without their comments."""

from pathlib import Path

from servewell.apps.base import statements


def _bare(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


SQL = {name: _bare(text) for name, text in statements.load(Path(__file__).with_name("statements.sql")).items()}
