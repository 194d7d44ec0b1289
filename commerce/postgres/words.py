"""Many texts for one statement: the driver's lists look at every element several times."""

from struct import Struct

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

TEXT, TEXTS = 25, 1009  # the numbers of the types
HEAD = Struct("!iiIii")  # dimensions, any null, type of an element, elements, number of the first
LENGTH = Struct("!i")


class Words(tuple[str, ...]):
    """Texts, as a parameter of type `text[]`."""

    __slots__ = ()


class WordsDumper(Dumper):
    """Writes them as array_recv() of PostgreSQL reads them."""

    format = Format.BINARY
    oid = TEXTS

    def dump(self, obj: Words) -> bytes:
        """Write a dimension of texts, or none."""
        if not obj:
            return HEAD.pack(0, 0, TEXT, 0, 0)[:12]
        parts = [HEAD.pack(1, 0, TEXT, len(obj), 1)]
        for word in obj:
            raw = word.encode()
            parts.append(LENGTH.pack(len(raw)))
            parts.append(raw)
        return b"".join(parts)


psycopg.adapters.register_dumper(Words, WordsDumper)
