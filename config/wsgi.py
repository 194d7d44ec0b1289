"""The WSGI door of every HTTP role."""

import os

from django.core.signals import request_finished
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from commerce import postgres

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

postgres.limit()
request_finished.disconnect(close_old_connections)  # looking before the next request is enough
django = get_wsgi_application()

from commerce.rest.door import Door  # noqa: E402 - knows every address of the shop

application = Door(django)
