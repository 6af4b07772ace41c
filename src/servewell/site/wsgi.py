"""The synchronous entry: Django as a WSGI application, called by the bridge in `asgi.py`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servewell.site.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
