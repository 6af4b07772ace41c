"""The same Django behind three entries, for `entry.py`: one POST with a JSON body, one row written, one read."""

import json

from django.core.asgi import get_asgi_application
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from servewell.site.asgi import application as ours
from servewell.site.wsgi import application as wsgi

asgi = get_asgi_application()
__all__ = ["asgi", "ours", "wsgi"]


@csrf_exempt
def write(request: HttpRequest) -> JsonResponse:
    """Store the body's text and say whether its case is there."""
    body = json.loads(request.body)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("insert into bench_entry (number, text) values (%s, %s)", [body["case"], body["text"]])
        cursor.execute("select exists (select 1 from bench_entry where number = %s)", [body["case"]])
        stored = cursor.fetchone()[0]
    return JsonResponse({"case": body["case"], "stored": stored})


urlpatterns = [path("write", write)]
