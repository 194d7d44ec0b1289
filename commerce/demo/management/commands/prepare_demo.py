"""Prepare the demo shop's database."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from commerce.demo.house import MERCHANT, House
from commerce.rest import keys as api_keys
from commerce.rest.openapi.routes import operations


class Command(BaseCommand):
    """Makes tables, goods, index, the merchant's account and the API keys; harmless to repeat."""

    help = "Make the demo shop's tables, goods, merchant and API keys."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare in the order in which one thing needs the other."""
        call_command("migrate", verbosity=0, interactive=False)
        keys = House(settings.HALLES_HOME).keys()
        self._welcome_merchant(keys.password)
        api_keys.ensure("demo shop", "pk", keys.publishable_key)
        api_keys.ensure("demo partner", "sk", keys.secret_key, scopes=_every_scope())
        if "demo_content" in get_commands():
            call_command("demo_content")
        else:
            self.stdout.write("There is no demo_content command: the shop opens without goods.")
        if "rebuild_search" in get_commands():
            call_command("rebuild_search", if_missing=True, stdout=self.stdout)

    def _welcome_merchant(self, password: str) -> None:
        users = get_user_model().objects
        merchant = users.filter(username=MERCHANT).first()
        if merchant is None:
            users.create_superuser(MERCHANT, f"{MERCHANT}@halles.example", password)
        elif not merchant.check_password(password):
            merchant.set_password(password)
            merchant.save()


def _every_scope() -> set[str]:
    return {scope for operation in operations() for scope in operation.endpoint.terms.scopes}
