"""Rows as they would have become."""

from django.db.models.functions import Now

from commerce import ids

from ..domain import PROMISED
from ..interface import Payment, Status
from ..models import Line, Order


def order_row(status: Status, **values) -> Order:
    """Keep an order of one mug in any state."""
    known = {
        "cart": ids.new(),
        "caller": "ct:ada",
        "key": str(ids.new()),
        "fingerprint": "",
        "payment": Payment.SECURED.value,
        "payment_session": ids.new(),
        "email": "ada@example.com",
        "locale": "en",
        "currency": "EUR",
        "subtotal": 1000,
        "shipping": 490,
        "tax": 248,
        "grand": 1490,
        "address": {"name": "Ada", "line1": "1 Way", "city": "London", "country": "GB"},
        "accepted_at": Now() if status in PROMISED else None,
        "claimed_until": Now(),
    }
    order = Order.objects.create(status=status.value, **known | values)
    Line.objects.create(
        order=order,
        position=1,
        sku="MUG",
        name="A mug",
        quantity=1,
        unit=1000,
        total=1000,
        tax=167,
        tax_rate="20",
        ships=True,
    )
    order.refresh_from_db()
    return order
