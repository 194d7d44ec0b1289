"""Products, categories and words, as merchants keep them: forms, never raw documents."""

from .categories import CategoryAdmin
from .classes import ProductClassAdmin
from .products import ProductAdmin
from .properties import AttributeAdmin

__all__ = ["AttributeAdmin", "CategoryAdmin", "ProductAdmin", "ProductClassAdmin"]
