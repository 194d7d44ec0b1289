"""Threads that read a type for the first time, all at once, do not bring the process down."""

import subprocess
import sys
import textwrap

from commerce.environment import ROOT

RACE = """
import sys, threading
from dataclasses import make_dataclass
from typing import Annotated
import django, msgspec
from django.conf import settings

APPS = ["django.contrib.contenttypes", "django.contrib.auth", "commerce.rest"]
settings.configure(INSTALLED_APPS=APPS)
django.setup()
sys.setswitchinterval(1e-6)

def race(read):
    start = threading.Barrier(8)
    threads = [threading.Thread(target=lambda: (start.wait(), read())) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

def struct():
    short = Annotated[str, msgspec.Meta(max_length=9)]
    part = msgspec.defstruct("Part", [(f"field{n}", short) for n in range(20)])
    whole = [("part", part | None), ("parts", tuple[part, ...]), ("sku", str)]
    return msgspec.defstruct("Whole", whole, kw_only=True, forbid_unknown_fields=True)

for _ in range(100):
    PREPARE
    def read():
        msgspec.json.decode(b'{"part": null, "parts": [], "sku": "MUG"}', type=shape)
    race(read)
"""
BODY = """
from commerce.rest.endpoint import endpoint
shape = struct()
endpoint("POST", credentials=("public",), body=shape)
"""
VALUE = """
from commerce.services import wire
part = make_dataclass("Part", [(f"field{n}", str) for n in range(20)], frozen=True)
whole = [("part", part | None), ("parts", tuple[part, ...]), ("sku", str)]
shape = make_dataclass("Whole", whole, frozen=True)
wire.check(shape)
"""


def raced(prepare: str) -> int:
    """Race in a process of its own; returns how it ended."""
    code = RACE.replace("    PREPARE", textwrap.indent(prepare, "    "))
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60)
    return done.returncode


def test_first_bodies_are_read_by_many_threads():
    assert raced(BODY) == 0


def test_first_values_from_elsewhere_are_read_by_many_threads():
    assert raced(VALUE) == 0
