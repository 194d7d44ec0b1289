"""Redis, the default: messages that were taken and not acknowledged come back by themselves."""

from typing import Any

from kombu.transport.redis import Channel, Transport

QUEUE: dict[str, str] = {}
VISIBILITY = 120  # seconds until an unacknowledged message is given to another worker


class SteadyChannel(Channel):
    """Lets a worker outlive its Redis.

    kombu 5.7 puts unacknowledged messages back through the connection it has just closed, and
    stumbles when one is acknowledged there; with either the worker ends. Ours need not be put back:
    what they tell of is due again soon. A lost connection is called so, which workers survive.
    """

    do_restore = False

    def _get_pool(self, asynchronous: bool = False) -> Any:
        if self.connection is None:
            raise ConnectionResetError("the connection to Redis is gone")
        return super()._get_pool(asynchronous)  # type: ignore[misc]


Transport.Channel = SteadyChannel


def options(database: str) -> dict[str, Any]:
    """Keep the messages of databases apart."""
    return {
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY,
            "unacked_restore_throttle": 1,
            "global_keyprefix": f"{database}:",
            "socket_connect_timeout": 3,
        },
    }
