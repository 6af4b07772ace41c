"""Our settings, with the one view of `entry_site.py` in place of our addresses."""

from servewell.site.settings import *  # noqa: F403 - settings are names in a module

ROOT_URLCONF = "benchmarks.entry_site"
