"""Every sentence has its French, and the compiled words are those that were written."""

import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.architecture.house import ROOT

SOURCES = [path for path in ROOT.glob("*/**/LC_MESSAGES/*.po") if ".venv" not in path.parts]
each_source = pytest.mark.parametrize(
    "path", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES]
)


def written(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="fr")


@each_source
def test_no_sentence_lacks_its_french(path):
    messages = [message for message in written(path) if message.id]
    assert [m.id for m in messages if m.fuzzy or not all([m.string, *m.string])] == []


@each_source
def test_compiled_words_are_those_written(path):
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in written(path):
        if isinstance(message.id, tuple):
            one, many = message.id
            told = tuple(compiled.ngettext(one, many, count) for count in (1, 2))
            assert told == message.string
        elif message.id:
            assert compiled.gettext(message.id) == message.string
