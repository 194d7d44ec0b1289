"""Start, stop or look at the servers of a home: python -m commerce.embedded start|stop|status."""

import sys

from commerce import embedded, environment


def main(words: list[str]) -> int:
    """Do what the one word says; 1 if status finds nothing running, 2 if the word is unknown."""
    home = environment.load().halles_home
    match words:
        case ["start"]:
            sys.stdout.write(f"{embedded.database_url(home)}\n{embedded.redis_url(home)}\n")
        case ["stop"]:
            embedded.stop(home)
        case ["status"]:
            running = embedded.running(home)
            sys.stdout.write(f"{home}: {'running' if running else 'stopped'}\n")
            return 0 if running else 1
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except embedded.EmbeddedProblem as problem:
        sys.exit(str(problem))
