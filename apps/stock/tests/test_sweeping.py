from datetime import timedelta

import pytest

from apps.stock.service import sweep
from apps.stock.tests.shelf import held, lapse, level, reserve

pytestmark = pytest.mark.usefixtures("shelf")


def test_puts_back_what_lapsed_long_ago(alice, bob):
    reserve(alice, MUG=1, TEE=1)
    reserve(bob, MUG=1)
    lapse(alice, ago=timedelta(hours=2))
    assert sweep() == 2
    assert (held(alice), held(bob)) == ({}, {"MUG": 1})
    assert level("MUG") == (3, 1, 0)


def test_leaves_what_lapsed_a_moment_ago(alice):
    reserve(alice, MUG=1)
    lapse(alice, ago=timedelta(minutes=5))
    assert sweep() == 0
    assert held(alice) == {"MUG": 1}


def test_sweeping_twice_frees_nothing_twice(alice):
    reserve(alice, MUG=1)
    lapse(alice, ago=timedelta(hours=2))
    assert (sweep(), sweep()) == (1, 0)
