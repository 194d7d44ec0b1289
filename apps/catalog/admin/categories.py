"""The pages on which merchants name the categories."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.catalog.domain import word_problems
from apps.catalog.interface import BadWords
from apps.catalog.interface import Category as Described
from apps.catalog.models import Category
from apps.catalog.service import CatalogService
from apps.catalog.service.move import move
from commerce.admin.lists import Listed

from . import texts
from .sorts import area, line


class WordsForm(forms.ModelForm):  # type: ignore[type-arg]
    """A category with its words; the fields of the languages are added below."""

    described: Described
    slugs = line(
        _("Path"),
        help_text=_("Slugs joined by '/', such as kitchen/mugs. Another path moves it."),
    )

    class Meta:
        model = Category
        fields: ClassVar = ["slugs"]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.instance.pk:
            self.initial.update(texts.in_languages("name", self.instance.name))
            self.initial.update(texts.in_languages("description", self.instance.description))

    def clean(self) -> dict[str, Any]:
        """Gather the words and have the rules judge them."""
        cleaned = super().clean() or self.cleaned_data
        path = str(cleaned.get("slugs") or self.instance.slugs)
        self.described = Described(
            path=path,
            name=texts.by_language("name", cleaned),
            depth=path.count("/") + 1,
            description=texts.by_language("description", cleaned),
        )
        if problems := word_problems((self.described,), (), languages=texts.LANGUAGES):
            raise ValidationError(list(problems))
        return cleaned


def spoken() -> dict[str, forms.Field]:
    """Make the fields of the words, one for each language."""
    made: dict[str, forms.Field] = {}
    for locale in texts.LANGUAGES:
        first = locale == texts.LANGUAGES[0]
        made[f"name_{locale}"] = line(f"{_('Name')} ({locale})", required=first)
        made[f"description_{locale}"] = area(f"{_('Description')} ({locale})")
    return made


CategoryForm: type[WordsForm] = type("CategoryForm", (WordsForm,), spoken())


@admin.register(Category)
class CategoryAdmin(Listed):
    """The tree, parents before children."""

    form = CategoryForm
    list_display = ("place", "slugs")
    ordering = ("path",)
    search_fields = ("slugs",)

    @admin.display(description=_("Category"))
    def place(self, category: Category) -> SafeString:
        """Show the name where it stands in the tree."""
        indent = "\N{EM SPACE}" * (category.depth - 1)
        return format_html("{}{}", indent, category.name[texts.LANGUAGES[0]])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Everything may change: what was moved is led on to."""
        return ()

    def save_model(self, request: HttpRequest, obj: Any, form: WordsForm, change: bool) -> None:
        """Save through the service, which finds the place in the tree."""
        before = str(form.initial.get("slugs", ""))
        if change and before != form.described.path:
            try:
                move(before, to=form.described.path, owner=request.user.get_username())
            except BadWords as refusal:
                self.message_user(request, " ".join(refusal.problems), messages.ERROR)
                return
        CatalogService().describe(categories=(form.described,))
        obj.pk = Category.objects.only("pk").get(slugs=form.described.path).pk

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Products may still stand in it."""
        return False
