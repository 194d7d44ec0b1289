"""Texts on their way to PostgreSQL."""

import pytest

from commerce import postgres


@pytest.mark.django_db
@pytest.mark.parametrize("words", [(), ("",), ("a", "b,c", '{"d"}', "é\n", "NULL", "x" * 300)])
def test_texts_arrive_as_they_were_sent(words):
    assert postgres.ask("SELECT %s::text[]", postgres.Words(words)) == [(list(words),)]
