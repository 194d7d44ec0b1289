"""The merchant's admin: what it is called, how it looks, and which nouns lead where."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GREEN = {  # around the shop's accent, 600
    "50": "#f0f8f5",
    "100": "#daeee6",
    "200": "#b7ddcf",
    "300": "#8fd0b8",
    "400": "#6fbfa4",
    "500": "#4aa488",
    "600": "#1f5c4d",
    "700": "#1a4d41",
    "800": "#163e35",
    "900": "#12332c",
    "950": "#0a1f1a",
}
PAPER = {  # from the shop's paper to its ink
    "50": "#faf7f2",
    "100": "#f3eee6",
    "200": "#e6dfd3",
    "300": "#d0c7b8",
    "400": "#a89e8f",
    "500": "#766d61",
    "600": "#5a5349",
    "700": "#453f37",
    "800": "#302b25",
    "900": "#1f1c18",
    "950": "#171512",
}
Noun = tuple[str | Promise, str, str, str]  # name, icon, place, permission
NOUNS: tuple[tuple[Noun, ...], ...] = (
    ((_("Today"), "today", "admin:index", ""),),
    (
        (_("Orders"), "receipt_long", "admin:orders_order_changelist", "orders.view_order"),
        (
            _("Archived orders"),
            "inventory_2",
            "admin:orders_archived_changelist",
            "orders.view_order",
        ),
        (_("Payments"), "payments", "admin:payments_session_changelist", "payments.view_session"),
        (
            _("Differences of books"),
            "balance",
            "admin:payments_difference_changelist",
            "payments.view_difference",
        ),
        (_("Customers"), "group", "admin:customers_customer_changelist", "customers.view_customer"),
    ),
    (
        (_("Products"), "sell", "admin:catalog_product_changelist", "catalog.view_product"),
        (
            _("Categories"),
            "account_tree",
            "admin:catalog_category_changelist",
            "catalog.view_category",
        ),
        (_("Properties"), "tune", "admin:catalog_attribute_changelist", "catalog.view_attribute"),
        (
            _("Product classes"),
            "category",
            "admin:catalog_productclass_changelist",
            "catalog.view_productclass",
        ),
        (_("Pictures"), "image", "admin:media_asset_changelist", "media.view_asset"),
        (
            _("Synonyms"),
            "compare_arrows",
            "admin:search_synonyms_changelist",
            "search.view_synonyms",
        ),
    ),
    (
        (_("Stock levels"), "inventory_2", "admin:stock_level_changelist", "stock.view_level"),
        (
            _("Locations"),
            "warehouse",
            "admin:stock_location_changelist",
            "stock.view_location",
        ),
        (_("Flash sales"), "bolt", "admin:stock_sale_changelist", "stock.view_sale"),
        (_("Terms"), "rule", "admin:stock_terms_changelist", "stock.view_terms"),
        (_("Uploads"), "upload_file", "admin:stock_upload_changelist", "stock.view_level"),
        (_("Movements"), "swap_vert", "admin:stock_movement_changelist", "stock.view_movement"),
        (
            _("Kept aside"),
            "hourglass_top",
            "admin:stock_listedhold_changelist",
            "stock.view_listedhold",
        ),
    ),
    (
        (_("Prices"), "euro", "admin:pricing_price_changelist", "pricing.view_price"),
        (
            _("Price lists"),
            "price_change",
            "admin:pricing_pricelist_changelist",
            "pricing.view_pricelist",
        ),
        (
            _("Reductions"),
            "percent_discount",
            "admin:pricing_catalogpromotion_changelist",
            "pricing.view_catalogpromotion",
        ),
        (_("Promotions"), "sell", "admin:pricing_promotion_changelist", "pricing.view_promotion"),
        (
            _("Coupons"),
            "confirmation_number",
            "admin:pricing_coupon_changelist",
            "pricing.view_coupon",
        ),
        (
            _("Coupon batches"),
            "confirmation_number",
            "admin:pricing_batch_changelist",
            "pricing.view_batch",
        ),
        (
            _("Exchange rates"),
            "currency_exchange",
            "admin:pricing_exchangerate_changelist",
            "pricing.view_exchangerate",
        ),
        (_("Tax rates"), "percent", "admin:pricing_taxrate_changelist", "pricing.view_taxrate"),
        (
            _("Delivery"),
            "local_shipping",
            "admin:pricing_shippingoption_changelist",
            "pricing.view_shippingoption",
        ),
    ),
    ((_("Pages"), "article", "wagtailadmin_home", "wagtailadmin.access_admin"),),
    (
        (_("API keys"), "key", "admin:rest_apikey_changelist", "rest.view_apikey"),
        (_("Deliveries"), "move_up", "admin:events_delivery_changelist", "events.view_delivery"),
        (_("Staff"), "badge", "admin:auth_user_changelist", "auth.view_user"),
        (_("Roles"), "shield_person", "admin:auth_group_changelist", "auth.view_group"),
    ),
)


def dressed(*, shop: str) -> dict[str, Any]:
    """Describe the admin to Unfold."""
    return {
        "SITE_TITLE": shop,
        "SITE_HEADER": shop,
        "SITE_URL": "/",
        "SITE_SYMBOL": "storefront",
        "SITE_FAVICONS": [
            {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("icon.svg")}
        ],
        "COLORS": {"base": PAPER, "primary": GREEN},
        "STYLES": [lambda request: static("admin.css")],
        "DASHBOARD_CALLBACK": "commerce.admin.today.compose",
        "LOGIN": {"form": "commerce.signin.SignInForm"},
        "SIDEBAR": {"navigation": navigation},
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """List the nouns that are at home in this process and that whoever asks may see."""
    groups = [[entry for noun in group if (entry := item(noun, request))] for group in NOUNS]
    return [{"separator": group is not groups[0], "items": group} for group in groups if group]


def item(noun: Noun, request: HttpRequest) -> dict[str, Any] | None:
    """Make an entry, unless it is not for whoever asks or its pages are elsewhere."""
    name, icon, place, permission = noun
    if permission and not request.user.has_perm(permission):
        return None
    try:
        return {"title": name, "icon": icon, "link": reverse(place)}
    except NoReverseMatch:
        return None
