"""The stock context in a process of its own, with its own database."""

from config.settings import base, servers
from config.settings.development import *  # noqa: F403

CONTEXTS = ["stock"]
SERVICES = {"stock": {"BACKEND": "apps.stock.service.StockService"}}
INSTALLED_APPS = [*base.KERNEL_APPS, "apps.stock", *base.LIBRARY_APPS]
DATABASES = {"default": servers.database(base.ENV, "halles_stock")}
