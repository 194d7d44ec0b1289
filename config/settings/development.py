"""A machine of one's own: embedded servers, a secret key made on the spot."""

from commerce import environment

from . import base, servers
from .base import *  # noqa: F403

SECRET_KEY = base.SECRET_KEY or environment.kept_secret(base.HALLES_HOME, "secret_key")
SERVICE_SECRETS = environment.words(base.ENV.halles_service_secrets) or [SECRET_KEY]

DATABASES = {"default": servers.database(base.ENV)}
REDIS = servers.redis(base.ENV)
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS["cache"]["LOCATION"],
        "OPTIONS": {
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
            "IGNORE_EXCEPTIONS": True,
        },
    }
}
CELERY_BROKER_URL = servers.broker(base.ENV, REDIS["broker"])
TEST_PAYMENTS = base.ENV.halles_test_payments is not False
WHITENOISE_USE_FINDERS = True  # serve what is not collected yet
