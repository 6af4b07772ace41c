"""What is set where this installation runs? Only deployment; the rest is typed in the database.

Every `SERVEWELL_*` variable is read here and described in `docs/guide`.
"""

import contextlib
import os
import secrets
from pathlib import Path

from servewell.apps import channels
from servewell.site import database, logs, places

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


DATA = places.data()
DEBUG = os.environ.get("SERVEWELL_DEBUG") == "1"
DEMO = os.environ.get("SERVEWELL_DEMO") == "1"
ELEMENT_NAMES = ("demo.element",)  # where the texts name the elements of flows; what the demo left outlives it
DEMO_SIGN_IN = {"username": "demo", "password": "servewell-demo"}  # shown on the demonstration's sign-in page


def _secret_key() -> str:
    """Return the installation's key, made at first use with mode 0600 in the data folder."""
    path = DATA / "secret.key"
    if not path.exists():
        places.prepare(DATA)
        fresh = DATA / f".secret.key.{os.getpid()}"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # whoever comes second keeps the first one's key
        fresh.unlink()
    return path.read_text().strip()


SECRET_KEY = os.environ.get("SERVEWELL_SECRET_KEY") or _secret_key()
# Keys of before: what they signed or sealed still opens.
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SERVEWELL_SECRET_KEY_FALLBACKS", "").split(",") if key]

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
    "servewell.apps.customers",
    "servewell.apps.conversations",
    "servewell.apps.flows",
    *channels.installed(),
    "servewell.apps.webhooks",
    "servewell.apps.insight",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
ROOT_URLCONF = "servewell.site.urls"
WSGI_APPLICATION = "servewell.site.wsgi.application"

MIDDLEWARE = [
    "servewell.site.middleware.headers",
    "servewell.apps.channels.webchat.cors.middleware",
    "django.middleware.security.SecurityMiddleware",
    "servewell.site.pages.WorkspaceFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "servewell.apps.people.auth.principal_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

# --- Sign-in -------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser",)
HEADLESS_FRONTEND_URLS: dict[str, str] = {}  # people are made by an administrator; no links are mailed
ACCOUNT_ADAPTER = "servewell.apps.people.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_DISPLAY = "servewell.apps.people.sign_in.display"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # s that a password counts as fresh when a second factor is changed
# Per address only; how often one name may be tried is the house's to set, and kept by people/lockout.py.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "30/m/ip", "reauthenticate": "10/m/user"}
MFA_ADAPTER = "servewell.apps.people.sign_in.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Servewell"
MFA_ALLOW_UNVERIFIED_EMAIL = True
ALLAUTH_TRUSTED_PROXY_COUNT = places.number("SERVEWELL_TRUSTED_PROXIES", 0, least=0, most=16)
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# Limits and used second factors are shared by all web processes, so they are kept in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- Cookies and transport -----------------------------------------------------------------------------------------
HTTPS = os.environ.get("SERVEWELL_HTTPS") == "1"  # a proxy in front speaks TLS and sets X-Forwarded-Proto
SESSION_ENGINE = "servewell.apps.people.session_store"
SESSION_COOKIE_NAME = "sw_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # s
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = False  # the workspace reads it and sends it back in a header
CSRF_FAILURE_VIEW = "servewell.site.pages.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

# --- Requests ------------------------------------------------------------------------------------------------------
THREADS = places.number(
    "SERVEWELL_THREADS", 8, least=1, most=256
)  # requests that one web process serves at the same time
MAX_UPLOAD = places.number("SERVEWELL_MAX_UPLOAD", 4 * 2**30, least=2**20, most=2**40)  # bytes of one request's body
SPOOL = DATA / "tmp"  # large bodies wait here, not in memory
SPOOL.mkdir(parents=True, exist_ok=True, mode=0o700)
FILE_UPLOAD_TEMP_DIR = SPOOL
FILE_UPLOAD_PERMISSIONS = 0o600

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
DIST = Path(__file__).parent / "dist"  # the workspace, built by Vite
WHITENOISE_USE_FINDERS = True  # Django's own files (the administration pages) come straight out of their packages
WHITENOISE_AUTOREFRESH = False

# Only the web process pools: as many connections as it has threads, one for its LISTEN, one to spare.
DATABASES = database.django_settings(DATA, pool=THREADS + 2 if os.environ.get("SERVEWELL_PROCESS") == "web" else None)

# What a worker imports at its start; other processes stay light.
_JOBS = (
    "base",
    "journal",
    "people",
    "customers",
    "conversations",
    "conversations.search",
    "channels.frame",
    "webhooks",
    "insight",
)
PROCRASTINATE_IMPORT_PATHS = [f"servewell.apps.{room}.jobs" for room in _JOBS]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None

# --- Logs ----------------------------------------------------------------------------------------------------------
LOGGING = logs.LOGGING
logs.configure()
