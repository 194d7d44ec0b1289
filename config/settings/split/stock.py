"""The stock context in a process of its own, with its own database."""

from config.settings import base, servers
from config.settings.development import *  # noqa: F403

CMS = ("wagtail", "modelcluster", "taggit", "treebeard")  # libraries that only pages need

CONTEXTS = ["stock"]
SERVICES = {"stock": {"BACKEND": "apps.stock.service.StockService"}}
INSTALLED_APPS = [
    *base.KERNEL_APPS,
    "apps.stock",
    *[library for library in base.LIBRARY_APPS if not library.startswith(CMS)],
]
DATABASES = {"default": servers.database(base.ENV, "halles_stock")}
