"""How is the desk worked from outside? Lists, one conversation, what is written in it and what is done with it.

Handlers of one address belong to one router, in whichever file they stand: Django asks the first router that knows it.
That of the lists is the room's, so that its address ends without a slash.
"""

from servewell.apps.conversations.api import attending, coming, joining, labels, reading, writing
from servewell.apps.conversations.attachments import http as attachments
from servewell.apps.conversations.canned import http as canned
from servewell.apps.conversations.inbox import bulk_http as bulk
from servewell.apps.conversations.search import http as search

ONE = (reading, writing, joining, attending)  # all fill the router of one conversation
router = coming.router
for part in (bulk, search, attachments, canned, labels, reading):
    router.add_router("", part.router)
