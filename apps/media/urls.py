"""Where pictures are fetched."""

from django.urls import URLPattern, re_path

from . import views

pattern = r"^media/(?P<key>[0-9a-f]{32})/(?P<width>[0-9]{2,4})\.webp$"

files: list[URLPattern] = [re_path(pattern, views.rendition, name="picture")]
