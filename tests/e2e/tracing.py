"""Runs a command in an empty network namespace under strace, and tells what it reached for.

strace (https://strace.io) stops the command at each of a few system calls; `unshare --net` gives it
a network without any interface, not even the loopback.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

#: What makes, changes or removes a file. Files are written only by who has opened them.
_WRITING = (
    *("open", "openat", "openat2", "creat", "mkdir", "mkdirat", "mknod", "mknodat", "truncate"),
    *("rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "link", "linkat"),
    *("symlink", "symlinkat", "chmod", "fchmodat", "chown", "fchownat", "setxattr"),
)
_OPENED_FOR_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE")
_CALL = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)")
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')
_MOVED = re.compile(r'f?chdir\((?:\d+<|")([^">]*)[">]\)\s+= 0$')
_NETWORK = re.compile(r"socket\(AF_INET6?,")

#: Not files: where programs write that keep nothing.
_NO_FILES = re.compile(r"/dev/(null|tty|pts/\d+|full)$|/proc/(self|thread-self|\d+)/")


@dataclass(frozen=True, slots=True)
class Trace:
    """What a command did.

    Attributes:
        code: How it ended.
        out: What it printed, standard error included.
        sockets: A line for each network socket that it asked for.
        written: What it made, changed or removed, or opened for writing.
    """

    code: int
    out: str
    sockets: tuple[str, ...]
    written: frozenset[Path]

    def written_outside(self, *places: Path) -> set[Path]:
        """What was written neither in these folders nor on the way to them."""
        allowed = [place.resolve() for place in places]
        ways = {folder for place in allowed for folder in place.parents}
        return {
            path
            for path in self.written
            if path not in ways and not any(path.is_relative_to(place) for place in allowed)
        }


def trace(command: list[str], *, folder: Path, environment: Mapping[str, str]) -> Trace:
    """Run a command in a folder, with nothing but these environment variables.

    Where it asks for a network socket it is run again to find out who did: `Trace.sockets` has the
    libraries on the stack then.
    """
    done, lines = _strace(command, _WRITING, folder, environment)
    moved = {match[1] for line in lines if (match := _MOVED.match(line))} - {str(folder)}
    if moved:
        raise RuntimeError(f"it changes to {moved}, so that relative names say nothing")
    sockets = tuple(line for line in lines if _NETWORK.search(line))
    if sockets:
        _, stacks = _strace(command, (), folder, environment, "--stack-traces")
        sockets = tuple(_who_asked(stacks)) or sockets
    written = frozenset(path for line in lines for path in _paths(line, folder))
    return Trace(done.returncode, done.stdout, sockets, written)


def require_tracing() -> None:
    """Skip the test, saying why, where commands cannot be traced."""
    if shutil.which("strace") is None:
        pytest.skip("DESKTOP MISSING: apt-get install strace")
    if _unshare() is None:
        pytest.skip("PLATFORM: this user may make no network namespace")


@functools.cache
def _unshare() -> tuple[str, ...] | None:
    """The words that run a command without a network; None if that is not allowed."""
    for words in (("unshare", "--net"), ("unshare", "--map-root-user", "--net")):
        if shutil.which("unshare") and not subprocess.run([*words, "true"], check=False).returncode:
            return words
    return None


def _strace(
    command: list[str],
    calls: tuple[str, ...],
    folder: Path,
    environment: Mapping[str, str],
    *options: str,
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    with tempfile.TemporaryDirectory() as traces:
        wanted = ",".join(("socket", "chdir", "fchdir", *(f"?{call}" for call in calls)))
        words = ["strace", "-ff", "-y", "-qq", "-s", "4096", *options, "-e", f"trace={wanted}"]
        words += ["-o", f"{traces}/trace"]
        done = subprocess.run(
            [*(_unshare() or ()), *words, *command],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            timeout=240,
        )
        files = sorted(Path(traces).iterdir())
        text = "".join(file.read_text(errors="replace") for file in files)
        return done, text.splitlines()


def _who_asked(lines: list[str]) -> Iterator[str]:
    """For each network socket, the call and the files on the stack, innermost first."""
    for number, line in enumerate(lines):
        if not _NETWORK.search(line):
            continue
        stack: list[str] = []
        for frame in lines[number + 1 :]:
            if not frame.startswith(" > "):
                break
            stack.append(frame[3:].partition("(")[0])
        yield f"{line} by {', '.join(dict.fromkeys(stack))}"


def _paths(line: str, folder: Path) -> Iterator[Path]:
    match = _CALL.match(line)
    if match is None or int(match[3]) < 0 or match[1] not in _WRITING:
        return
    call, arguments = match[1], match[2]
    if call.startswith("open") and not _OPENED_FOR_WRITING.search(arguments):
        return
    found = _PATH.findall(arguments)
    for directory, name in found[-1:] if call.startswith("symlink") else found:
        path = os.path.normpath(folder / directory / name.encode().decode("unicode_escape"))
        if not _NO_FILES.match(path):
            yield Path(path)
