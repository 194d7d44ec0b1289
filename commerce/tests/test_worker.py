"""A web process as Gunicorn runs it."""

import os
import subprocess
import urllib.request
from signal import SIGTERM

from commerce import children, roles
from commerce.environment import ROOT

COUNTING = """
import gc
import django
django.setup()
from commerce.web import Web

def counted(environ, start):
    start("200 OK", [])
    return (str(gc.get_freeze_count()).encode(),)

application = Web(counted)
"""


def test_what_was_loaded_before_the_fork_is_not_looked_through_for_garbage(tmp_path):
    (tmp_path / "counting.py").write_text(COUNTING)
    with roles.listener(0) as door:
        address = f"http://{roles.HOST}:{door.getsockname()[1]}/"
        served = children.spawn(
            ["counting" if word == "config.asgi" else word for word in roles.web(door)],
            output=subprocess.DEVNULL,
            variables=os.environ | {"PYTHONPATH": str(tmp_path)},
            keep=[door.fileno()],
            folder=ROOT,
        )
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            assert int(answer.read()) > 100_000
    finally:
        children.end(served, by=SIGTERM, within=10)
