"""`prove replay`: whatever is kept as a figure can be rebuilt from its ledger, and is the same."""

from typing import Any

import psycopg
from django.core.management.base import CommandParser
from django.db import connection

from commerce.proving import Say, Verdict

from . import ledgers

SHOWN = 5  # differences of each figure


class Replay:
    """Levels, balances and states equal what their ledgers come to."""

    text = "levels, balances and states of this shop, rebuilt from their ledgers, are the live ones"

    def arguments(self, parser: CommandParser) -> None:
        """It needs none."""

    def run(self, options: dict[str, Any], say: Say) -> Verdict:
        """Look at the database of the settings as of one moment; nothing is written."""
        verdict = Verdict("replay")
        with psycopg.connect(**connection.get_connection_params(), autocommit=True) as truth:
            rebuild(truth, verdict, say)
        return verdict


def rebuild(truth: "psycopg.Connection[Any]", verdict: Verdict, say: Say) -> None:
    """Compare every figure with its ledger."""
    for figure, found in ledgers.differences(truth):
        say(f"{figure}: {len(found)} differences")
        verdict.counts[figure] = len(found)
        for key, *values in found[:SHOWN]:
            verdict.expect(False, f"{figure}: {key} is {values}")
