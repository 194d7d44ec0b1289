"""Shoppers of whom nobody lives for long: each is a process, and for each that dies another comes.

Run as `python -m tests.gameday.shoppers`; it reads a Sale, whose `threads` are how many there are,
in one line of JSON, and tells what happens as buyers of a proof do.
"""

import json
import os
import random
import signal
import sys

from commerce import children
from commerce.proving.buyers import Sale, Shopper, tell


def main() -> None:
    """Keep so many shoppers alive."""
    sale = Sale(**json.loads(sys.stdin.readline()))
    alive: set[int] = set()
    while True:
        while len(alive) < sale.threads:
            alive.add(os.fork() or shop(sale, os.getppid()))
        alive.discard(os.wait()[0])


def shop(sale: Sale, parent: int) -> int:
    """Buy one unit after another until killed."""
    children.tie(parent, signal.SIGKILL)
    random.seed()
    shopper = Shopper(sale)
    while True:
        tell(shopper.buy())


if __name__ == "__main__":
    main()
