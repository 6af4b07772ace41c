"""How is the desk worked from outside? Lists, one conversation, what is written in it and what is done with it.

Handlers of one address belong to one router, in whichever file they stand: Django asks the first router that knows it.
That of the lists is the room's, so that its address ends without a slash.
"""

from servewell.apps.conversations.api import coming, writing

router = coming.router
for part in (writing.router,):
    router.add_router("", part)
