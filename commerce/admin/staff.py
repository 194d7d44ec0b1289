"""Who works here, and in which role; only owners (superusers) decide that."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from .lists import Listed

admin.site.unregister(User)
admin.site.unregister(Group)


class OwnersOnly(Listed):
    """Whoever could change a colleague's rights could take every right."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show it to owners."""
        return is_owner(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let owners look."""
        return is_owner(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let owners add."""
        return is_owner(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let owners change."""
        return is_owner(request)


def is_owner(request: HttpRequest) -> bool:
    """Tell whether the shop belongs to whoever asks."""
    return bool(request.user.is_active and request.user.is_superuser)


@admin.register(User)
class StaffAdmin(OwnersOnly, UserAdmin):  # type: ignore[type-arg]  # not subscriptable
    """People who sign in; leaving ones are switched off, so that history keeps their names."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "full_name", "email", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser"]
    search_fields = ["username__istartswith", "email__istartswith"]
    search_help_text = _("The beginning of a name or an e-mail address")
    ordering = ["username"]
    filter_horizontal: ClassVar[list[str]] = []
    autocomplete_fields = ["groups"]
    readonly_fields: ClassVar[list[str]] = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Orders and stock remember who did what."""
        return False

    @admin.display(description=_("name"))
    def full_name(self, user: User) -> str:
        """Show the name by which colleagues know a person."""
        return user.get_full_name()


@admin.register(Group)
class RoleAdmin(OwnersOnly, GroupAdmin):
    """Roles are groups of rights."""

    search_fields = ["name__istartswith"]
    filter_horizontal: ClassVar[list[str]] = []
    autocomplete_fields = ["permissions"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let owners delete."""
        return is_owner(request)


@admin.register(Permission)
class RightAdmin(OwnersOnly):
    """Rights come with the software; here they are only found, for roles."""

    search_fields = ["name", "codename__istartswith"]
    ordering = ["content_type__app_label", "codename"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show no page of its own."""
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody invents rights."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody renames rights."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody removes rights."""
        return False
