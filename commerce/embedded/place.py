"""Where the servers of one home keep their files and sockets, and as which user they run."""

import hashlib
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from .problems import ELSEWHERE, EmbeddedProblem, in_plain_words

LONGEST_FOLDER = 80  # bytes, so that folder and socket name fit the 104 of macOS, 108 of Linux
STATE_OF_ROOT = Path("/var/lib/halles")


@dataclass(frozen=True)
class Place:
    """The folders of one home.

    Root's servers run as `nobody`; when `nobody` cannot reach the home (a checkout in /root),
    their files live in /var/lib/halles and the home links there.
    """

    home: Path
    files: Path
    sockets: Path
    user: pwd.struct_passwd | None

    @property
    def door(self) -> Path:
        """The keeper's socket."""
        return self.sockets / "keeper.sock"

    @property
    def starting(self) -> Path:
        """Locked by whoever starts a keeper."""
        return self.home / "starting.lock"

    @property
    def running(self) -> Path:
        """Locked as long as the keeper or any server process lives."""
        return self.home / "running.lock"

    @property
    def logs(self) -> Path:
        """One file per server."""
        return self.home / "logs"


def of(home: Path) -> Place:
    """Work out the folders of a home without touching them."""
    home = home.resolve()
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    key = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    files = home if user is None or open_to_all(home.parent) else STATE_OF_ROOT / key
    sockets = files / "sockets"
    if len(os.fsencode(sockets)) > LONGEST_FOLDER:
        sockets = Path(f"/tmp/halles-{os.geteuid()}-{key}")
    return Place(home, files, sockets, user)


def prepare(place: Place) -> None:
    """Make the folders, or say why that is impossible."""
    with in_plain_words(place.home):
        place.home.mkdir(parents=True, exist_ok=True)
        place.logs.mkdir(exist_ok=True)
        if place.user is not None:
            _open_for_servers(place)
        _private(place, place.sockets)


def own_folder(place: Place, name: str) -> Path:
    """Return a folder for one server's files that nobody else may read."""
    with in_plain_words(place.home):
        return _private(place, place.files / name)


def open_to_all(folder: Path) -> bool:
    """Whether every user of the machine may enter a folder."""
    while not folder.exists():
        folder = folder.parent
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents))


def clear(place: Place) -> None:
    """Remove everything the servers keep; they must have stopped."""
    with in_plain_words(place.home):
        for name in ("postgres", "postgres.new", "redis", "binaries", "sockets"):
            shutil.rmtree(place.files / name, ignore_errors=True)
        shutil.rmtree(place.sockets, ignore_errors=True)
        if place.files != place.home:
            shutil.rmtree(place.files, ignore_errors=True)
            (place.home / "servers").unlink(missing_ok=True)


def _open_for_servers(place: Place) -> None:
    if place.files == place.home:
        place.home.chmod(stat.S_IMODE(place.home.stat().st_mode) | 0o011)
        return
    link = place.home / "servers"
    if not link.is_symlink():  # a new home: what an old one of this name left is not its own
        shutil.rmtree(place.files, ignore_errors=True)
        place.files.mkdir(parents=True)
        STATE_OF_ROOT.chmod(0o755)
        link.symlink_to(place.files)
    place.files.chmod(0o711)


def _private(place: Place, folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if place.user is not None and found.st_uid == 0 and not folder.is_symlink():
        os.chown(folder, place.user.pw_uid, place.user.pw_gid)
        found = folder.lstat()
    expected = os.geteuid() if place.user is None else place.user.pw_uid
    if found.st_uid != expected or not stat.S_ISDIR(found.st_mode):
        raise EmbeddedProblem(
            f"{folder} was made by another user. {ELSEWHERE}, or have it removed."
        )
    folder.chmod(0o700)
    return folder
