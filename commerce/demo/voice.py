"""What the demo shop says to whoever opens it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)
Tick = Callable[[], None]


@contextmanager
def step(text: str) -> Iterator[Tick]:
    """Name what is being done, let the caller show that it goes on, and say how long it took."""
    started = time.monotonic()

    def tick() -> None:
        if console.is_terminal:
            console.print(f"  {text} ... {time.monotonic() - started:.0f} s", end="\r")

    if not console.is_terminal:
        console.print(f"  {text} ...")
    tick()
    yield tick
    if console.is_terminal:
        console.print(f"  {text}: {time.monotonic() - started:.1f} s        ")


def say(text: str) -> None:
    """Say a sentence."""
    console.print(text)


def refuse(text: str) -> int:
    """Say why the shop does not open, and return the exit code."""
    console.print(text, style="bold red", markup=False)
    return 1


def welcome(board: dict[str, Any]) -> None:
    """Say where the shop is, how to sign in, where mails went, and how to leave."""
    url, admin = board["url"], board["admin"]
    console.print("\n[bold green]The shop is open.[/]\n")
    for label, value in (
        ("Shop", f"{url}/   (French: {url}/fr/)"),
        ("Admin", f"{url}/admin/   {admin['username']} / {admin['password']}"),
        ("API", f"{url}/api/   publishable key {board['publishable_key']}"),
        ("", f"secret key {board['secret_key']}"),
        ("Mails", board["mail"]),
        ("Stop", 'Ctrl-C, or make demo ARGS="--stop"'),
        ("Start over", 'make demo ARGS="--fresh"'),
    ):
        console.print(f"  [bold]{label:<12}[/]", end="")
        console.print(value, markup=False)
    console.print()
