"""What can an administrator set about logs?"""

from servewell.apps.base import settings

LARGEST_UPLOAD = settings.define("insight.largest_upload_mb", int, 4096, lambda megabytes: megabytes >= 1)
