"""How long a delivery rests before it is tried again: 2 s, 4 s ... 5 min."""

from django.db.models import DurationField, Func

LAST_ATTEMPT = 12


class Pause(Func):
    """The rest, as an interval, after so many tries."""

    template = "make_interval(secs => least(300, 2 ^ least(%(expressions)s, 9)))"
    output_field = DurationField()
