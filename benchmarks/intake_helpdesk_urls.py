"""The addresses of django-helpdesk, for the benchmark."""

from django.core.wsgi import get_wsgi_application
from django.urls import URLPattern, URLResolver, include, path

application = get_wsgi_application()  # first: it loads the models that the addresses import
urlpatterns: list[URLPattern | URLResolver] = [path("", include("helpdesk.urls"))]
