"""How does what strangers send become something that can be kept, shown and searched?

`text` and `line` for words, `html` for mail, `jsonable` for what a program sent. What is asked twice gives the same:
cleaning what is clean changes nothing.
"""

from servewell.apps.base.cleaning.characters import Short, line, short_line, shortened, text
from servewell.apps.base.cleaning.jsons import jsonable
from servewell.apps.base.cleaning.markup import Html, html

__all__ = ["Html", "Short", "html", "jsonable", "line", "short_line", "shortened", "text"]
