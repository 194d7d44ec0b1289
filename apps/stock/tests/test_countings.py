"""A counting is of the moment at which it began, however often and late it is done."""

import pytest

from apps.stock.interface import Line, stock
from apps.stock.models import Movement
from apps.stock.service.adjust import receive

pytestmark = pytest.mark.django_db


def free(sku: str) -> int:
    return stock.available(skus=(sku,))[sku].free


def test_counting_again_adds_nothing_that_has_gone_or_come_since() -> None:
    assert stock.count(lines=(Line("MUG", 10),), reference="file") == 1
    receive(lines=(Line("MUG", 5),), reference="delivery")
    assert stock.count(lines=(Line("MUG", 10),), reference="file") == 0
    assert free("MUG") == 15


def test_late_part_of_a_counting_adds_what_has_come_since() -> None:
    stock.count(lines=(Line("MUG", 12), Line("CUP", 1)), reference="before")
    stock.count(lines=(Line("CUP", 2),), reference="file")
    receive(lines=(Line("MUG", 3),), reference="delivery")
    assert stock.count(lines=(Line("MUG", 10),), reference="file") == 1
    assert free("MUG") == 13


def test_writes_nothing_where_the_count_is_so_already() -> None:
    stock.count(lines=(Line("MUG", 10), Line("CUP", 0)), reference="first")
    before = Movement.objects.count()
    assert stock.count(lines=(Line("MUG", 10), Line("CUP", 0)), reference="second") == 0
    assert Movement.objects.count() == before == 2
