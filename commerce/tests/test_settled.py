from django.conf import settings as kept

from commerce.settled import settled


def test_a_setting_is_read_once_until_it_changes(settings):
    read = []

    @settled
    def twice():
        read.append(kept.HOLD_SECONDS)
        return 2 * kept.HOLD_SECONDS

    settings.HOLD_SECONDS = 7
    assert (twice(), twice(), len(read)) == (14, 14, 1)
    settings.HOLD_SECONDS = 8
    assert twice() == 16
