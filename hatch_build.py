"""Puts the built front end into the wheel; an editable install leaves that to `make`."""

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEnd(BuildHookInterface):  # type: ignore[type-arg]
    """Builds `frontend/` into `src/servewell/site/dist` when a wheel is made from a checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build where the target is a real wheel and the page is not there yet."""
        root = Path(self.root)
        if (
            self.target_name != "wheel"
            or version == "editable"
            or (root / "src/servewell/site/dist/index.html").exists()
        ):
            return
        npm = str(root / "bin" / "npm")
        subprocess.run([npm, "ci", "--no-progress", "--loglevel=error"], check=True)
        subprocess.run([npm, "run", "--silent", "build"], check=True)
