"""Open or close the demo shop: python -m commerce.demo [--detach | --stop] [--fresh] [--port N]."""

import argparse
import os
import sys

from . import opening

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    parser = argparse.ArgumentParser(prog="demo", description=opening.HELP)
    opening.add_arguments(parser)
    sys.exit(opening.run(opening.Wish.of(vars(parser.parse_args()))))
