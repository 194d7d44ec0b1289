"""How long a delivery rests: after an attempt, and after it was handed to the broker."""

from django.db.models import DurationField, Func

LAST_ATTEMPT = 12


def doubling(times: str, *, most: int) -> str:
    """Write 2 s, 4 s ... as SQL, at most so many seconds."""
    return f"make_interval(secs => least({most}, 2 ^ least({times}, 9)))"


class Pause(Func):
    """The rest after so many attempts, as an interval: 2 s, 4 s ... 5 min, a quarter more or less.

    What failed together, because something they all need was away, does not come back together.
    """

    template = f"{doubling('%(expressions)s', most=300)} * (0.75 + random() / 2)"
    output_field = DurationField()


class Patience(Func):
    """The rest after it was handed over so often and no worker began it: 2 s, 4 s ... 30 s.

    That is no fault of the delivery. A broker that lost its messages is well again at any moment,
    and then nothing is to wait until checkout turns people away.
    """

    template = doubling("%(expressions)s", most=30)
    output_field = DurationField()
