"""A role runs a command line in a fork, and ends with everything it started.

What forks has a process of its own here, since the tests' one has threads.
"""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from commerce.environment import ROOT

STAGE = """
import sys, time
from pathlib import Path
from commerce.demo import supervisor
from commerce.forks import Role

role = Role("speaker", [sys.executable, "-m", "spoken"], Path("speaker.log"))
try:
{scene}
except supervisor.RoleFailed as failure:
    print("failed:", failure, role.said())
finally:
    role.bury()
"""


def played(folder: Path, spoken: str, scene: str) -> str:
    """Play a scene with a role that runs the code `spoken`; returns what was printed."""
    (folder / "spoken.py").write_text(spoken)
    done = subprocess.run(
        [sys.executable, "-c", STAGE.format(scene=textwrap.indent(textwrap.dedent(scene), "    "))],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_waits_for_what_a_role_says(tmp_path):
    spoken = "import time; time.sleep(0.3); print('ready', flush=True); time.sleep(60)"
    scene = """
        role.is_ready = lambda each: "ready" in each.said()
        supervisor.start([role], tick=lambda: None)
        began = time.monotonic()
        supervisor.end([role])
        print(role.said(), time.monotonic() - began < 5)
    """
    assert played(tmp_path, spoken, scene) == "ready\n True\n"


def test_role_that_ends_before_it_is_ready_is_named(tmp_path):
    scene = """
        role.is_ready = lambda each: False
        supervisor.start([role], tick=lambda: None)
    """
    told = played(tmp_path, "raise SystemExit('no such table')", scene)
    assert told.startswith("failed: speaker")
    assert "no such table" in told


def test_task_that_ends_badly_is_named(tmp_path):
    told = played(tmp_path, "raise SystemExit(3)", "supervisor.finish([role], tick=lambda: None)")
    assert told.startswith("failed: speaker")


def test_role_that_keeps_ending_is_started_ever_more_slowly(tmp_path):
    scene = """
        starts = set()
        give_up = time.monotonic() + 2.5
        while time.monotonic() < give_up:
            role.mend()
            starts.add(role.started_at)
            time.sleep(0.01)
        print(len(starts))
    """
    assert 2 <= int(played(tmp_path, "", scene)) <= 4
