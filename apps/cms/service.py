"""Reading and publishing the merchant's pages without going through Wagtail's screens."""

from django.db import transaction
from wagtail.models import Locale, Page, Site

from .interface import Cms, Link, PageDraft
from .models import ContentPage, HomePage, ShopPage

HOME = "home"


class CmsService(Cms):
    """Keeps each page once in every language, tied together by Wagtail's translation key."""

    def menu(self, *, locale: str) -> tuple[Link, ...]:
        pages = (
            ContentPage.objects.live()
            .in_menu()
            .filter(locale__language_code=locale)
            .select_related("locale")
            .order_by("path")
        )
        prefix = "" if locale == "en" else f"/{locale}"
        return tuple(Link(page.title, f"{prefix}/{page.slug}/") for page in pages)

    @transaction.atomic
    def publish(self, *, pages: tuple[PageDraft, ...]) -> int:
        locales = {code: language(code) for page in pages for code in page.title}
        ordered = sorted(pages, key=lambda page: page.slug != HOME)
        return sum(
            put(draft, locales[code])
            for draft in ordered
            for code in locales
            if code in draft.title
        )


def language(code: str) -> Locale:
    """Return a language that pages can be written in."""
    return Locale.objects.get_or_create(language_code=code)[0]


def put(draft: PageDraft, locale: Locale) -> bool:
    """Create or change one page in one language; tells whether anything changed."""
    code = locale.language_code
    body: list[tuple[str, object]] = [("text", draft.body[code])] if draft.body.get(code) else []
    if draft.featured:
        body.append(("products", list(draft.featured)))
    wanted = {
        "title": draft.title[code],
        "intro": draft.intro.get(code, ""),
        "picture": draft.picture or "",
        "show_in_menus": draft.in_menu,
    }
    page = find(draft.slug, locale) or place(draft, locale)
    same = all(getattr(page, name) == value for name, value in wanted.items())
    if page.pk and same and written(page) == [(kind, plain(value)) for kind, value in body]:
        return False
    for name, value in wanted.items():
        setattr(page, name, value)
    page.body = body
    if page.pk is None:
        attach(page, draft, locale)
    page.save_revision().publish()
    return True


def written(page: ShopPage) -> list[tuple[str, object]]:
    """Read a page's blocks back as plain values."""
    return [(block.block_type, plain(block.value)) for block in page.body]


def plain(value: object) -> object:
    """Turn rich text and lists of blocks into text and lists."""
    if hasattr(value, "source"):
        return value.source
    return value if isinstance(value, str) else list(value)  # type: ignore[call-overload]


def find(slug: str, locale: Locale) -> ShopPage | None:
    """Find a page in one language."""
    found: ShopPage | None = (
        HomePage.objects.filter(locale=locale).first()
        if slug == HOME
        else ContentPage.objects.filter(locale=locale, slug=slug).first()
    )
    return found


def place(draft: PageDraft, locale: Locale) -> ShopPage:
    """Make a page that is not in the tree yet, tied to the same page in other languages."""
    kind: type[ShopPage] = HomePage if draft.slug == HOME else ContentPage
    suffix = "" if locale.language_code == "en" else f"-{locale.language_code}"
    slug = f"{HOME}{suffix}" if draft.slug == HOME else draft.slug
    page = kind(title=draft.title[locale.language_code], slug=slug, locale=locale)
    twins = kind.objects.exclude(locale=locale)
    twin = twins.first() if draft.slug == HOME else twins.filter(slug=draft.slug).first()
    if twin:
        page.translation_key = twin.translation_key
    return page


def attach(page: ShopPage, draft: PageDraft, locale: Locale) -> None:
    """Put a new page under its home page, a home page under the root and in front of the site."""
    if draft.slug != HOME:
        home = HomePage.objects.get(locale=locale)
        home.add_child(instance=page)
        return
    root = Page.get_first_root_node()
    root.add_child(instance=page)
    if locale.language_code == "en":
        Site.objects.update_or_create(
            is_default_site=True, defaults={"hostname": "localhost", "root_page": page}
        )
