"""Facts and what is done about them, in words for whoever keeps the shop.

The English is in the code already: a fact's class, and the first line of a handler's docstring.
"""

import re

from django.utils.translation import gettext

from . import consumers

CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def of_fact(name: str) -> str:
    """Say what "orders.OrderPlaced" is: an order placed."""
    first, *others = CAPITAL.split(name.rpartition(".")[2])
    return gettext(" ".join([first, *map(str.lower, others)]))


def of_consumer(name: str) -> str:
    """Say what a handler does; one that is gone has its name only."""
    known = consumers.registry.get(name)
    docstring = ((known and known.handle.__doc__) or "").strip()
    return gettext(docstring.splitlines()[0]) if docstring else name
