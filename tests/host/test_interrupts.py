"""Whatever ends a program politely ends it once, and lets it finish what it has begun."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from overlay.host.interrupts import interrupts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: POSIX signals")

PROGRAM = """
import signal, sys, time
from overlay.host.interrupts import interrupts

if "ignored" in sys.argv:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
try:
    with interrupts():
        try:
            print("ready", flush=True)
            time.sleep(0.5 if "ignored" in sys.argv else 60)
        finally:
            print("ending", flush=True)
            time.sleep(0.5)
            print("ended well", flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_second_one_does_not_cut_off_the_end(name):
    with start() as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(getattr(signal, name))
        assert process.stdout.readline() == "ending\n"
        for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process.send_signal(again)
        assert process.stdout.read() == "ended well\ninterrupted\n"
    assert process.returncode == 0


def test_a_block_within_another_one_does_not_begin_again():
    program = (
        "import os, signal\nfrom overlay.host.interrupts import interrupts\n"
        "with interrupts():\n"
        "  try:\n"
        "    with interrupts(): os.kill(os.getpid(), signal.SIGHUP)\n"
        "  except KeyboardInterrupt: print('interrupted')\n"
        "  with interrupts(): os.kill(os.getpid(), signal.SIGTERM)\n"
        "  print('ended well')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "interrupted\nended well\n"
    assert done.returncode == 0


def test_before_the_process_ends_they_stay_ignored_once_one_has_come():
    program = (
        "import os, signal\nfrom overlay.host.interrupts import interrupts\n"
        "try:\n"
        "  with interrupts(last=True): os.kill(os.getpid(), signal.SIGHUP)\n"
        "except KeyboardInterrupt: pass\n"
        "os.kill(os.getpid(), signal.SIGTERM)\n"
        "print('ended well')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "ended well\n"
    assert done.returncode == 0


def test_what_was_ignored_before_stays_ignored():
    with start("ignored") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGHUP)
        assert process.stdout.read() == "ending\nended well\n"


def test_afterwards_everything_is_as_it_was():
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with interrupts():
        pass
    after = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    assert after == before
