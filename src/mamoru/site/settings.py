"""Django's settings, derived from `mamoru.toml`. Nobody edits this file to run mamoru."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from mamoru.kit import ids, seal
from mamoru.site import config

HOME = config.home()
MAMORU = config.load(HOME)
KEY_FILE = HOME / MAMORU.key_file

# Without a key file (type checks, `mamoru init`) sessions end with the process; `check`,
# `serve` and `worker` refuse to start.
SECRET_KEY = (
    seal.load_master_key(KEY_FILE).derive("django").hex() if KEY_FILE.exists() else ids.token(256)
)
DEBUG = False
ROOT_URLCONF = "mamoru.site.urls"
WSGI_APPLICATION = "mamoru.site.wsgi.application"
PUBLIC = urlsplit(MAMORU.public_url)
ALLOWED_HOSTS = [PUBLIC.hostname or "localhost", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [MAMORU.public_url.rstrip("/")]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "mamoru.consents.apps.Consents",
    "mamoru.provision.apps.Provision",
    "mamoru.entrustment.apps.Entrustment",
    "mamoru.incidents.apps.Incidents",
    "mamoru.awareness.apps.Awareness",
    "mamoru.cases.apps.Cases",
    "mamoru.inquiries.apps.Inquiries",
    "mamoru.portal",
    "mamoru.console",
    "mamoru.site.apps.Site",
]
MIDDLEWARE = [
    "mamoru.site.proxies.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "mamoru.site.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mamoru.site.last_resort.CalmErrors",
    "mamoru.site.posted.BackToPage",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    """Return Django's settings for `sqlite:///file` or `postgresql://user@host/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / parts.path.removeprefix("/")
            if parts.path != "/:memory:"
            else ":memory:",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                ),
            },
        }
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "mamoru.site.postgresql",
            "NAME": unquote(parts.path.removeprefix("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_HEALTH_CHECKS": True,
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "connect_timeout": 5,
                **dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair),
            },
        }
    raise config.SettingsInvalid(
        f"`database`: `{parts.scheme}` is not known; use sqlite:///file or postgresql://…"
    )


DATABASES = {"default": _database(os.path.expandvars(MAMORU.database))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "mamoru.site.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # an account's own count is the adapter's
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_SERIALIZER = "mamoru.site.sessions.SealedSerializer"
SESSION_COOKIE_NAME = "mamoru_session"
SESSION_COOKIE_AGE = 60 * 60 * 8
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = MAMORU.secure
SECURE_HSTS_SECONDS = 31_536_000 if MAMORU.secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = MAMORU.secure
SECURE_SSL_REDIRECT = False  # the company's proxy ends TLS and redirects
SECURE_REFERRER_POLICY = (
    "same-origin"  # `no-referrer` makes browsers send `Origin: null`, and CSRF refuses
)
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = MAMORU.limits.upload_bytes + 1
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = 5

LANGUAGE_CODE = MAMORU.language
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_I18N = True
STATIC_URL = "static/"
STATIC_ROOT = HOME / MAMORU.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "mamoru.site.fonts.NameFont",
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if MAMORU.mail.host
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST = MAMORU.mail.host
EMAIL_PORT = MAMORU.mail.port
EMAIL_HOST_USER = MAMORU.mail.user
EMAIL_HOST_PASSWORD = (
    os.environ.get(MAMORU.mail.password_env, "") if MAMORU.mail.password_env else ""
)
EMAIL_USE_TLS = MAMORU.mail.security == "starttls" and bool(MAMORU.mail.host)
EMAIL_USE_SSL = MAMORU.mail.security == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = MAMORU.mail.sender or f"noreply@{PUBLIC.hostname or 'localhost'}"

LOGS = HOME / MAMORU.logs
LOG_BYTES, LOG_FILES = 5_000_000, 5
_KEPT = ["console"]
_FILE: dict[str, Any] = {}
if LOGS.is_dir():  # `mamoru init` makes it
    _KEPT = ["console", "file"]
    _FILE = {
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "formatter": "message",
            "filename": LOGS / "mamoru.log",
            "maxBytes": LOG_BYTES,
            "backupCount": LOG_FILES,
            "encoding": "utf-8",
            "delay": True,
        }
    }
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "message": {
            "()": "mamoru.site.logs.MessageOnly",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "host": {
            "()": "mamoru.site.logs.MessageOnly",
            "format": "%(asctime)s WARNING %(name)s a request named a host that is not ours",
        },
    },
    "filters": {"answered": {"()": "mamoru.site.logs.Answered"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["answered"],
        },
        "host": {"class": "logging.StreamHandler", "formatter": "host"},
        **_FILE,
    },
    "root": {"handlers": _KEPT, "level": "WARNING"},
    "loggers": {
        "mamoru": {"level": "INFO"},
        "django.security.DisallowedHost": {"handlers": ["host"], "propagate": False},
    },
}
