"""The Celery application: late acknowledgement, small prefetch, JSON only."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

app = Celery("halles")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
