"""The WSGI door of every HTTP role."""

import os

from django.core.wsgi import get_wsgi_application

from commerce import postgres

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

postgres.limit()
application = get_wsgi_application()
