import time

from django.db import connection

from commerce.events import on, repeatable_on

from . import ledger
from .events import LoafOrdered, OvenLit


class Burnt(Exception):
    """The bread was in the oven for too long."""


@on(LoafOrdered, queue="orders")
def bake(fact: LoafOrdered) -> None:
    ledger.write(fact.customer, fact.number)
    if fact.customer == "slow":
        time.sleep(0.5)
    if fact.customer == "burnt":
        raise Burnt("black bread")


@repeatable_on(OvenLit)
def heat(fact: OvenLit) -> None:
    ledger.write(fact.oven, len(connection.atomic_blocks))
    if fact.oven == "cold":
        raise Burnt("not at all")
