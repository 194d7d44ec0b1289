"""What is read is of a type that msgspec knew before threads met it; see `commerce.shapes`."""

import re

from commerce.environment import ROOT

ON_THE_SPOT = re.compile(r"msgspec\.\w+\.decode\([^\n]*\btype=")
LEARNED = {"commerce/rest/bodies.py", "commerce/rest/pagination.py"}


def test_types_are_read_by_decoders_made_beforehand():
    code = [path for top in ("apps", "commerce") for path in ROOT.joinpath(top).rglob("*.py")]
    reading = {str(p.relative_to(ROOT)) for p in code if ON_THE_SPOT.search(p.read_text())}
    assert {path for path in reading if "/tests/" not in path} == LEARNED
