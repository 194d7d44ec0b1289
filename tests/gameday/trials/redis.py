"""Redis forgets everything, dies, is full, or stands still while people shop."""

from dataclasses import dataclass

from apps.stock.interface import stock
from tests.faults import test_redis as faults
from tests.gameday.shop import Outcome, Shop

TROUBLES = (faults.forget, faults.die, faults.fill_up, faults.stand_still)


@dataclass(frozen=True)
class Redis:
    """The shop's, to be troubled."""

    shop: Shop

    @property
    def url(self) -> str:
        return str(self.shop.place.redis)

    def kill(self) -> None:
        self.shop.place.kills["redis"]()


def t9(shop: Shop, scale: float) -> Outcome:
    """10 s of each trouble: no order lost, no drift, nothing oversold, holds never fail, pages at
    most twice as slow, people shop again within 5 s, carts come back from their holds.
    """
    seconds = max(1.0, 10 * scale)
    counts = {
        trouble.__name__: faults.trial(Redis(shop), shop.place.url, trouble, seconds)
        for trouble in TROUBLES
    }
    return Outcome(not any(counts.values()), counts)


def t9_control(shop: Shop, scale: float) -> Outcome:
    """The same when holds are forgotten together with the carts."""

    def forget(redis: Redis, seconds: float) -> None:
        faults.forget(redis, seconds)
        for (cart,) in shop.ask("SELECT DISTINCT cart FROM stock_hold"):
            stock.release(cart=cart)

    wrong = faults.trial(Redis(shop), shop.place.url, forget, 1.0)
    return Outcome(not wrong, {"forget": wrong})
