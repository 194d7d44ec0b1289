"""The written pages that every page links to."""

from django import template
from django.utils.translation import get_language

from apps.cms.interface import Link, cms
from commerce.services import ServiceUnavailable

register = template.Library()


@register.simple_tag
def content_links() -> tuple[Link, ...]:
    """List the pages in the menu; a page without its menu is better than no page."""
    try:
        return cms.menu(locale=get_language() or "en")
    except ServiceUnavailable:
        return ()
