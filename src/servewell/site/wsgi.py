"""The synchronous entry: Django as a WSGI application, called by the bridge in `asgi.py`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servewell.site.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402 - the settings' name comes first

application = get_wsgi_application()
