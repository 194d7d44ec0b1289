"""What a class of products asks of their attributes, as a JSON Schema (draft 2020-12)."""

from collections.abc import Iterator, Set

from apps.catalog.interface import ProductClass

from .rules import twice, word_gaps

LONGEST_CLASS = 100  # characters


def class_problems(
    classes: tuple[ProductClass, ...], known: Set[str], *, languages: tuple[str, ...]
) -> tuple[str, ...]:
    """Return everything that is wrong with classes; `known` are the codes of all attributes."""
    found = [problem for each in classes for problem in of_class(each, known, languages)]
    return tuple(dict.fromkeys(found))


def of_class(each: ProductClass, known: Set[str], languages: tuple[str, ...]) -> Iterator[str]:
    """A class has a name and speaks of attributes that there are, once of each."""
    where = f"The product class {each.code[:100]!r}"
    if not each.code.strip() or each.code != each.code.strip() or not each.code.isprintable():
        yield f"{where} must have a code without spaces around it."
    if len(each.code) > LONGEST_CLASS:
        yield f"{where} has a code of more than {LONGEST_CLASS} characters."
    yield from word_gaps(where, each.label, languages)
    for trait in each.traits:
        if trait.attribute not in known:
            yield f"{where} speaks of the attribute {trait.attribute[:70]!r}, which is unknown."
        if trait.least is not None and trait.most is not None and trait.least > trait.most:
            yield f"{where} lets no value be between {trait.least} and {trait.most}."
    for code in twice(trait.attribute for trait in each.traits):
        yield f"{where} speaks of {code} twice."
