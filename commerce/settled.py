"""What settings amount to, worked out once."""

import functools
from collections.abc import Callable
from typing import TypeVar

from django.core.signals import setting_changed

T = TypeVar("T")


def settled(work_out: Callable[[], T]) -> Callable[[], T]:
    """Remember what follows from the settings, until a test changes one of them."""
    known = functools.cache(work_out)
    setting_changed.connect(lambda **change: known.cache_clear(), weak=False)
    return known
