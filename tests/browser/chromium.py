"""Which Chromium is there, and how is it started so that it asks nobody outside?"""

import os
import shutil

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def executable() -> str:
    """Return the path of a browser; RuntimeError says how to get one."""
    for variable in ("CHROMIUM", "CHROME_PATH"):
        if named := os.environ.get(variable):
            return named
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    raise RuntimeError("No Chromium: apt-get install -y --no-install-recommends chromium libatomic1, or set CHROMIUM.")


def arguments() -> list[str]:
    """Return the switches; the sandbox is only left out where it cannot work, as root."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    return ["--no-sandbox", *quiet] if os.geteuid() == 0 else quiet
