"""Settings that every process shares; the environment fills in what differs."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from commerce import environment, security

from . import admin

ENV = environment.load()
ROOT = environment.ROOT
HALLES_HOME = ENV.halles_home.absolute()
PROCESS_NAME = ENV.halles_role

DEBUG = False
SECRET_KEY = ENV.secret_key
SECRET_KEY_FALLBACKS = environment.words(ENV.secret_key_fallbacks)
ALLOWED_HOSTS = environment.words(ENV.halles_hosts)
CSRF_TRUSTED_ORIGINS = environment.words(ENV.halles_origins)

# Contexts, in the order in which they may ask one another (top first). ------------------------
CONTEXTS = [
    "connectors",
    "orders",
    "payments",
    "cart",
    "search",
    "pricing",
    "cms",
    "stock",
    "customers",
    "media",
    "catalog",
]
SERVICES = {
    name: {"BACKEND": f"apps.{name}.service.{name.capitalize()}Service"}
    for name in CONTEXTS
    if name != "connectors"
}
LOCATIONS = environment.services(ENV.halles_services)
if LOCATIONS.get("*") == "loopback":
    LOCATIONS = dict.fromkeys(SERVICES, "loopback") | LOCATIONS
for name in SERVICES.keys() & LOCATIONS.keys():
    SERVICES[name] = (
        {"BACKEND": "commerce.services.loopback.Loopback", "PROVIDER": SERVICES[name]["BACKEND"]}
        if LOCATIONS[name] == "loopback"
        else {"BACKEND": "commerce.services.http.Remote", "LOCATION": LOCATIONS[name]}
    )
ELSEWHERE = {name for name, location in LOCATIONS.items() if location != "loopback"}
SERVICE_SECRETS = environment.words(ENV.halles_service_secrets) or [SECRET_KEY]

KERNEL_APPS = ["commerce", "commerce.events", "commerce.rest", "commerce.operations"]
LIBRARY_APPS = [
    "unfold",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "modelcluster",
    "taggit",
    "treebeard",
    "rest_framework",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
INSTALLED_APPS = [
    *KERNEL_APPS,
    "commerce.demo",
    *[f"apps.{name}" for name in CONTEXTS if name not in ELSEWHERE],
    *LIBRARY_APPS,
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "commerce.health.HealthMiddleware",
    "commerce.telemetry.RequestMiddleware",
    "commerce.overload.OverloadMiddleware",
    "commerce.origin.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "commerce.rest.middleware.EndpointMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "commerce.security.BrowserPolicyMiddleware",
    "commerce.rest.middleware.ProblemMiddleware",
    "commerce.shared_pages.QuietSessionMiddleware",
    "commerce.shared_pages.PathLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Databases: ours unless the environment names servers that exist. -----------------------------
REDIS_ALIASES = ["default", "carts", "throttles", "idempotency", "cache", "broker"]

# Languages, currencies, countries. -------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
LOCALE_PATHS = [ROOT / "templates" / "locale"]
WAGTAIL_I18N_ENABLED = True
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
CURRENCIES = ["EUR", "USD"]
SHOP_NAME = ENV.halles_shop_name
SELLER = environment.lines(ENV.halles_seller) or (SHOP_NAME,)  # as invoices have to name it
SHOP_URL = ENV.halles_url.rstrip("/")  # as shoppers reach it, for links in mails
HOME_COUNTRY = "FR"  # whose tax applies until a shopper says where the goods go
DELIVERY_COUNTRIES = environment.words(
    "AT,BE,BG,CY,CZ,DE,DK,EE,ES,FI,FR,GR,HR,HU,IE,IT,LT,LU,LV,MT,NL,PL,PT,RO,SE,SI,SK,"
    "CA,CH,GB,NO,US"
)

# Ways to pay; what `test` offers is refused unless TEST_PAYMENTS is on. -------------------------
PAYMENT_PROVIDERS: dict[str, dict[str, Any]] = {
    "test": {"BACKEND": "apps.payments.providers.bank.Bank"},
    "invoice": {"BACKEND": "apps.payments.providers.invoice.Invoice"},
    "nothing": {"BACKEND": "apps.payments.providers.nothing.Nothing"},
}
if ENV.stripe_secret_key:
    PAYMENT_PROVIDERS["stripe"] = {
        "BACKEND": "apps.payments.providers.stripe.Stripe",
        "KEY": ENV.stripe_secret_key,
        "WEBHOOK_SECRETS": environment.words(ENV.stripe_webhook_secrets),
        "URL": ENV.stripe_api.rstrip("/"),
    }
PAYMENT_PAGES = [ENV.stripe_pages.rstrip("/")] if ENV.stripe_secret_key else []
TEST_PAYMENTS = bool(ENV.halles_test_payments)

# Files. ----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HALLES_HOME / "static"
STATICFILES_DIRS = [ROOT / "templates" / "static"]
MEDIA_ROOT = HALLES_HOME / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {  # nothing in it has an address; another storage must not be public, either
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HALLES_HOME / "private"},
    },
    "staticfiles": {"BACKEND": "commerce.static.CollectedFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
SEARCH_INDEX = HALLES_HOME / "search"

DOWNLOAD_TIMES = ENV.halles_download_times  # that a bought file can be fetched
DOWNLOAD_DAYS = ENV.halles_download_days  # after it was paid

# Mail goes into files until a server is named. --------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = HALLES_HOME / "mail"
DEFAULT_FROM_EMAIL = "Halles <shop@halles.example>"

# Sessions, cookies, headers. -------------------------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENV.halles_https
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if ENV.halles_https else 0
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": security.leading_to(PAYMENT_PAGES)}
CSRF_FAILURE_VIEW = "commerce.rest.errors.csrf_failure"
X_FRAME_OPTIONS = "SAMEORIGIN"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576  # bytes
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"

# Promises. -------------------------------------------------------------------------------------
STOCK_SOURCING = "apps.stock.domain.sourcing.priority"  # or .nearest, or .fewest_parcels
STOCK_MOST = 10  # units of a SKU that all carts of a customer, or of some addresses, hold
STOCK_HOT_CARTS = 5  # carts from a block of addresses that hold a SKU in great demand
STOCK_HOT_SECONDS = 300  # that such a SKU is held
STOCK_EXTENSION_SECONDS = 600  # that holds last longer from the checkout on
HOLD_SECONDS = ENV.halles_hold_seconds
PRICE_DRIFT = 3  # times as much, or as little: more is refused when prices come by the file
STOCK_DISPLAY = ENV.halles_stock_display  # what strangers are told of free units
STOCK_DISPLAY_THRESHOLD = ENV.halles_stock_display_threshold  # units
SALE_PLACES_PER_BLOCK = 5  # carts from one block of addresses in the line of a sale
OUTBOX_DAYS = ENV.halles_outbox_days  # that facts stay after everybody has handled them
ORDER_ARCHIVE_DAYS = ENV.halles_order_archive_days  # after which a finished order is moved away
ORDER_RECOVERY_SECONDS = ENV.halles_order_recovery_seconds
LIMITS = ENV.halles_limits
RATE_LIMITS = {  # a minute and caller
    "read": 1200,
    "write": 300,
    "hold": 120,
    "login": 30,
    "webhook": 60_000,
}
METRICS_TOKEN = ENV.halles_metrics_token
TRUSTED_PROXIES = ENV.halles_proxies

UNFOLD = admin.dressed(shop=SHOP_NAME)
WAGTAIL_SITE_NAME = SHOP_NAME
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # nothing about staff is asked of strangers
WAGTAIL_ENABLE_UPDATE_CHECK = WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILADMIN_BASE_URL = ENV.halles_url

LOGGING_CONFIG = "commerce.telemetry.logs.configure"
LOGGING = {"LEVEL": ENV.log_level}
