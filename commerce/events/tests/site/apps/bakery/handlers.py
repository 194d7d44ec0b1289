import os
import signal
import time
from collections.abc import Sequence

from django.db import transaction

from commerce.events import on, publish, repeatable_on, repeatable_on_many
from commerce.services import refuse_inside_transaction

from . import ledger
from .events import DoughMade, LoafOrdered, OvenLit

PATIENCE = {"slow": 0.5, "regular": 0.05}  # seconds, by kind of customer


class Burnt(Exception):
    """The bread was in the oven for too long."""


@on(LoafOrdered, queue="orders")
def bake(fact: LoafOrdered) -> None:
    ledger.write(fact.customer, fact.number)
    time.sleep(PATIENCE.get(fact.customer.split()[0], 0))
    if fact.customer == "explosive":
        os.kill(os.getpid(), signal.SIGSEGV)
    if fact.customer == "burnt":
        raise Burnt("black bread")


@repeatable_on(OvenLit)
def heat(fact: OvenLit) -> None:
    refuse_inside_transaction("mill.grind")
    ledger.write(fact.oven, 0)
    if fact.oven == "cold":
        raise Burnt("not at all")


@repeatable_on_many(DoughMade, queue="orders")
def shape(facts: Sequence[DoughMade]) -> None:
    for fact in facts:
        if fact.customer == "sticky":
            raise Burnt("it sticks")
        ledger.write(fact.customer, len(facts))
        with transaction.atomic():
            publish(LoafOrdered(fact.customer))
