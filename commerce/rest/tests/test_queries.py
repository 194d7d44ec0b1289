"""Query parameters arrive typed: lists by comma or repetition, maps by brackets."""

from typing import Annotated

from django.http import QueryDict
from msgspec import Meta, Struct

from commerce.rest.bodies import read_query
from commerce.rest.tests.shop import Filter


def test_reads_lists_by_comma_and_by_repetition():
    assert read_query(QueryDict("sku=A,B&sku=C"), Filter).sku == ("A", "B", "C")


class AtMostTwo(Struct):
    sku: Annotated[tuple[str, ...], Meta(max_length=2)]


def test_reads_lists_that_have_a_limit():
    assert read_query(QueryDict("sku=A,B"), AtMostTwo).sku == ("A", "B")


def test_reads_maps_by_brackets():
    query = read_query(QueryDict("f[color]=red&f[color]=blue&f[size]=L"), Filter)
    assert query.f == {"color": ("red", "blue"), "size": ("L",)}


def test_ignores_what_it_does_not_know():
    assert read_query(QueryDict("utm_source=mail&limit=7"), Filter).limit == 7
