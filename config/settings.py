"""Settings. What depends on the machine comes from the environment (`config.env`); importing this starts nothing."""

from pathlib import Path

from corsheaders.defaults import default_headers

from config import embedded
from config.embedded.place import home_folder, server_account
from config.env import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
environment = Environment()

# Database: DATABASE_URL, or the embedded PostgreSQL, which `manage.py` starts.

EMBEDDED_POSTGRES: embedded.Server | None = None
_database = environment.database()
if _database is None:
    if _folder := environment.embedded_folder():
        EMBEDDED_POSTGRES = embedded.Server(_folder)
    else:
        _folder = embedded.choose_folder(BASE_DIR, ".postgres", home=home_folder(), account=server_account())
        EMBEDDED_POSTGRES = embedded.Server(_folder, of_project=(BASE_DIR, ".postgres"))
    _database = EMBEDDED_POSTGRES.settings()
    embedded.forget_other_servers()
DATABASES = {
    "default": {
        **_database,
        "ENGINE": "config.postgresql",
        # A connection for each thread for as long as it works: making one costs more than most queries.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_database.get("OPTIONS", {}),
            # At once: what `prepared_rows` is asked for comes again.
            "prepare_threshold": 0 if environment.flag("PREPARED_STATEMENTS", otherwise=True) else None,
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Application

INSTALLED_APPS = [
    "config",  # before the admin, of which it has a template
    "config.admin_app.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "events",
    "timeline",
]
MIDDLEWARE = [
    "config.request_ids.request_ids",
    "config.head.without_body",
    "config.compression.compression",
    "django.middleware.security.SecurityMiddleware",
    "config.security.content_security_policy",
    "config.cors.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "timeline.throttling.throttling",
    "config.bodies.of_bearable_size",
    "config.upgrades.fitting",
    "timeline.revalidation.revalidation",
    "config.replicas.editing_elsewhere",
    "config.people.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.people.CsrfViewMiddleware",
    "config.people.AuthenticationMiddleware",
    "config.people.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # straight from the packages: no collectstatic step
WHITENOISE_AUTOREFRESH = False

# API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # `format` is a parameter of ours
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "timeline.negotiation.ByView",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],  # nobody sends anything
    "EXCEPTION_HANDLER": "timeline.errors.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "timeline.schema.PublicSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Diplomatic events timeline",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["timeline.schema.add_components"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
# Any web page may read the API, as nobody in particular.
CORS_URLS_REGEX = r"^/(api|oembed)(/|$)"  # and what redirects there
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_HEADERS = [*default_headers, "cache-control", "if-none-match", "pragma", "x-request-id"]
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_EXPOSE_HEADERS = ["Content-Disposition", "ETag", "Link", "Retry-After", "X-Request-ID"]

# What clients may ask, counted in the memory of each process: so many clients are remembered.

RATE_LIMIT = environment.rate_limit()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# Security

SECRET_KEY = environment.secret_key(BASE_DIR / ".secret-key")
DEBUG = environment.flag("DEBUG")
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_FAILURE_VIEW = "timeline.errors.not_verified"
CSRF_TRUSTED_ORIGINS = environment.origins("CSRF_TRUSTED_ORIGINS")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY = environment.flag("SECURE_PROXY")
if SECURE_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
# The form of an event has five fields for each participant, and a treaty has some two hundred.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
# W003 knows Django's CsrfViewMiddleware by that name alone; ours is a subclass, for the admin.
# HSTS for subdomains and preloading bind the whole domain, which is its owner's to decide.
SILENCED_SYSTEM_CHECKS = ["security.W003", "security.W005", "security.W021"]

# Logging: to stderr, where whatever runs the server collects it.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.refusals.Line",
            "format": "{asctime} {levelname} {name} [{request_id}]: {message}",
            "style": "{",
        }
    },
    "filters": {
        "request_id": {"()": "config.request_ids.RequestIdFilter"},
        "refused": {"()": "config.refusals.Refused"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": environment.log_level()},
    "loggers": {
        "django": {"handlers": [], "level": environment.log_level(), "propagate": True},
        "django.security.DisallowedHost": {"filters": ["refused"]},
        "django.security.RequestDataTooBig": {"filters": ["refused"]},
        "django.security.TooManyFieldsSent": {"filters": ["refused"]},
        "django.security.TooManyFilesSent": {"filters": ["refused"]},
    },
}
