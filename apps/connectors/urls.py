"""Nothing of the connectors is reached over HTTP yet; files come in by command."""

from django.urls import URLPattern

api: list[URLPattern] = []
