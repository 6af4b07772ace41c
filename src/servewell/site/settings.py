"""What is set where this installation runs? Only deployment; the rest is typed in the database.

Every `SERVEWELL_*` variable is read here and described in `docs/guide`.
"""

import os
import secrets
from pathlib import Path

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


def _default_data() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/servewell/data")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "servewell"


DATA = Path(os.environ.get("SERVEWELL_DATA") or _default_data())
DEBUG = os.environ.get("SERVEWELL_DEBUG") == "1"
DEMO = os.environ.get("SERVEWELL_DEMO") == "1"


def _secret_key() -> str:
    """Return the installation's key, made at first use with mode 0600 in the data folder."""
    path = DATA / "secret.key"
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = DATA / f".secret.key.{os.getpid()}"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # whoever comes second keeps the first one's key
        except FileExistsError:
            pass
        fresh.unlink()
    return path.read_text().strip()


SECRET_KEY = os.environ.get("SERVEWELL_SECRET_KEY") or _secret_key()

ALLOWED_HOSTS = os.environ.get("SERVEWELL_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("SERVEWELL_TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "procrastinate.contrib.django",
    "servewell.apps.base",
    "servewell.apps.journal",
    "servewell.apps.people",
    "servewell.apps.conversations",
    "servewell.apps.flows",
    "servewell.apps.insight",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
ROOT_URLCONF = "servewell.site.urls"
WSGI_APPLICATION = "servewell.site.wsgi.application"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
