"""What the cms context offers the others."""

from dataclasses import dataclass, field

from commerce.services import Service, connect, operation


@dataclass(frozen=True)
class Link:
    """A place to go to, as a menu shows it."""

    title: str
    url: str


@dataclass(frozen=True)
class PageDraft:
    """A content page in every language; bodies are HTML. The slug "home" is the home page."""

    slug: str
    title: dict[str, str]
    intro: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] = field(default_factory=dict)
    picture: str | None = None  # key in the media context
    featured: tuple[str, ...] = ()  # SKUs shown on it
    in_menu: bool = False


class Cms(Service):
    """Keeps the pages a merchant writes."""

    name = "cms"

    @operation
    def menu(self, *, locale: str) -> tuple[Link, ...]:
        """List the content pages a shop page links to."""

    @operation
    def publish(self, *, pages: tuple[PageDraft, ...]) -> int:
        """Create or replace pages by slug; returns how many that changed."""


cms = connect(Cms)
