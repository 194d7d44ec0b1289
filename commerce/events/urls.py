"""The door through which other processes read our facts."""

from django.urls import path

from . import feed

urlpatterns = [path("services/<slug:context>/facts", feed.answer)]
