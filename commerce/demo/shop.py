"""The shop as one supervised set of processes: from the first server to the board by the door."""

import os
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Callable

from commerce import embedded, environment, forks, roles
from commerce.forks import Role

from . import supervisor, voice
from .house import House
from .preparation import Code
from .supervisor import RoleFailed

CLOSING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HOUSE_NAME = "Atelier Brume"  # the made-up house whose goods the demo sells


class Shop:
    """Opens in this process, which then watches over the others until it is told to stop."""

    def __init__(
        self, house: House, door: socket.socket, lock: int, when_open: Callable[[], None]
    ) -> None:
        self._house = house
        self._door = door
        self._lock = lock
        self._when_open = when_open
        self._url = f"http://{roles.HOST}:{door.getsockname()[1]}"
        self._preparing = [
            self._role("database", roles.command("prepare_demo")),
            self._role("static", roles.command("collectstatic", "--noinput", "--verbosity", "0")),
        ]
        self._serving = [
            self._role("web", roles.web(door), self._answers),
            self._role("orders", roles.worker("orders"), _works),
            self._role("worker", roles.worker("default", "search", "media"), _works),
            self._role("relay", roles.command("relay")),
        ]

    def open(self) -> int:
        """Stay open until SIGINT, SIGTERM or SIGHUP; the exit code says whether it opened."""
        for number in CLOSING:
            signal.signal(number, signal.default_int_handler)
        try:
            self._open()
            supervisor.watch(self._serving, each_second=self._keep_servers)
        except KeyboardInterrupt:
            voice.say("\nClosing the shop.")
            return 0
        except RoleFailed as failure:
            full = embedded.is_full(self._house.home)
            reason = embedded.disk_full(self._house.home) if full else _last_words(failure.role)
            return voice.refuse(reason)
        finally:
            self._close()

    def _open(self) -> None:
        self._house.sign(self._lock)
        self._house.take_in()
        voice.say(f"Opening the shop kept in {self._house.home}")
        with voice.step("PostgreSQL and Redis"):
            self._keep_servers()
        os.environ["HALLES_URL"] = self._url
        os.environ.setdefault("HALLES_SHOP_NAME", HOUSE_NAME)
        with voice.step("Django"):
            forks.load()
        self._prepare()
        with voice.step("Web, workers and relay") as tick:
            supervisor.start(self._serving, tick=tick)
        voice.welcome(self._house.hang_out(self._url, self._house.keys()))
        self._when_open()

    def _prepare(self) -> None:
        """Fit the database with its goods, and the static files, to code that changed."""
        code, noted = Code(), self._house.prepared
        stale = [role for role in self._preparing if not code.fits(noted, role.name)]
        if not stale:
            return
        self._house.keys()
        with voice.step("Tables, goods and static files (a minute or two)") as tick:
            supervisor.finish(stale, tick=tick)
        for role in stale:
            code.note(noted, role.name)

    def _keep_servers(self) -> None:
        """Hold on to the embedded servers, and start them again should their keeper be killed."""
        env = environment.load()
        if not (env.database_url and env.redis_url) and not embedded.alive(self._house.home):
            embedded.database_url(self._house.home)

    def _close(self) -> None:
        for number in CLOSING:
            signal.signal(number, signal.SIG_IGN)
        self._house.take_in()
        supervisor.end([*self._preparing, *self._serving])
        embedded.stop(self._house.home)

    def _role(
        self,
        name: str,
        command: list[str],
        is_ready: Callable[[Role], bool] = lambda role: True,
    ) -> Role:
        return Role(name, command, self._house.logs / f"{name}.log", is_ready)

    def _answers(self, _role: Role) -> bool:
        try:
            with urllib.request.urlopen(f"{self._url}/health/ready", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _works(role: Role) -> bool:
    return " ready." in role.said()


def _last_words(role: Role) -> str:
    """Quote the last line that stands for itself; the error at the end of a trace is one."""
    lines = [line for line in role.said().splitlines() if line[:1].strip()]
    return (
        f"The {role.name} process ended: {lines[-1] if lines else 'it said nothing'}\n"
        f"All it said is in {role.log}."
    )
