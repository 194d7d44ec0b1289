"""Makes operations known to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    """Long work, and what became of it."""

    name = "commerce.operations"
    label = "operations"
    verbose_name = _("Operations")
