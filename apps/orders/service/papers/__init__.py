"""Papers of an order as PDF: the same paper made twice is the same file, byte for byte.

Whatever a person typed is drawn as text and never read as markup.
"""

from .documents import documents_pdf
from .parcels import labels_pdf, slips_pdf

__all__ = ["documents_pdf", "labels_pdf", "slips_pdf"]
