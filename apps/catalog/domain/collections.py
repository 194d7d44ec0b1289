"""Which collections a product is in: found from the product alone, whenever it changes."""

from collections.abc import Collection, Mapping

from apps.catalog.interface import ProductDraft, Rule


def gathered(
    draft: ProductDraft, listed_in: Collection[str], rules: Mapping[str, Rule]
) -> list[str]:
    """Name the collections whose rule a product fits."""
    return sorted(slug for slug, rule in rules.items() if fits(draft, listed_in, rule))


def fits(draft: ProductDraft, listed_in: Collection[str], rule: Rule) -> bool:
    """Tell whether a product is all that a rule says; `listed_in` are its categories' paths."""
    return (
        (not rule.within or any(path in listed_in for path in rule.within))
        and (not rule.classes or draft.product_class in rule.classes)
        and (not rule.kinds or draft.kind in rule.kinds)
        and all(has(draft, code, wanted) for code, wanted in rule.attributes.items())
    )


def has(draft: ProductDraft, code: str, wanted: Collection[str]) -> bool:
    """Tell whether the product or one of its variants has one of these values."""
    own = draft.attributes.get(code, ())
    chosen = (variant.options.get(code) for variant in draft.variants)
    return any(value in wanted for value in (*own, *chosen))
