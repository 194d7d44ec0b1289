"""Text that is let through without a parser is text that the parser would not change."""

import nh3
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog.domain.settle import ATTRIBUTES, PLAIN, SCHEMES, TAGS

PIECES = st.sampled_from(
    ["<p>", "</p>", "<ul>", "<li>", "</li>", "</ul>", "<b>", "&", "\xa0", "\r", "\n", " ", "é", '"']
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=9).map("".join))
def test_plain_text_is_what_the_parser_returns(html):
    if PLAIN.fullmatch(html):
        allowed = {"tags": TAGS, "attributes": ATTRIBUTES}
        assert nh3.clean(html, **allowed, url_schemes=SCHEMES) == html


def test_leaves_paragraphs_and_lists_to_themselves():
    assert PLAIN.fullmatch("<p>Thrown by hand.</p>\n<ul><li>Blue</li><li>Sand</li></ul>")
    assert not PLAIN.fullmatch("<p onclick=x>Thrown</p>")
    assert not PLAIN.fullmatch("<p>one<p>two</p>")
