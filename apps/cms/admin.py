"""Wagtail's screens as a part of the shop's admin: the shop's colours, and the way back."""

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem


@hooks.register("register_admin_menu_item")
def way_back() -> MenuItem:
    """Lead back to today."""
    return MenuItem(_("Today"), reverse("admin:index"), icon_name="calendar-check", order=1)


@hooks.register("insert_global_admin_css")
def colours() -> SafeString:
    """Use the shop's accent."""
    return format_html('<link rel="stylesheet" href="{}">', static("cms-admin.css"))
