"""A class of many members, measured by `python -m tests.classroom`.

Every member has keys of its own, and up to a thousand have connections of their own to a real
Mosquitto; more than that share them, since what simulates them would be the limit. For the same
reason their MQTT is a minimal one (https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html). The
board is the real one, in a process of its own. Whether its shares are the truth is checked in every
interval in which all are in the sum.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import resource
import struct
import tempfile
import time
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from overlay.classroom import lesson_file, protocol
from overlay.classroom.codes import Broker
from overlay.classroom.protocol import Announcement, MemberKeys, UnreadableError
from overlay.classroom.running import RunningClass, new_class
from overlay.classroom.states import INTERVAL_S, TENTHS
from overlay.classroom.transport import board_topic, members_topic
from tests.classroom.brokers import Mosquitto
from tests.classroom.members import changing

INTERVALS = 6

_ROOM = protocol._Room

#: How many connections are made at most.
MOST_CONNECTIONS = 1000

_UNLIMITED = "allow_anonymous true\nmax_connections -1\nmax_queued_messages 20000"

#: What was heard: on one machine, members after the first need not decrypt the same once more.
_HEARD: dict[bytes, Announcement] = {}
SPREAD_S = 0.4 * INTERVAL_S


def _packet(kind: int, body: bytes) -> bytes:
    length, left = b"", len(body)
    while True:
        left, digit = divmod(left, 128)
        length += bytes([digit | (128 if left else 0)])
        if not left:
            return bytes([kind]) + length + body


def _string(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode()


class LightMember:
    """A member's keys, and what it has sent."""

    def __init__(self, code: str, number: int) -> None:
        self.keys = MemberKeys(code)
        self.sent: dict[int, tuple[int, ...]] = {}
        self._life = changing(random.Random(number))

    def answer(self, message: bytes) -> bytes | None:
        """The answer to an announcement."""
        if self.keys._box is None or message not in _HEARD:
            try:
                _HEARD[message] = self.keys.read(message)
            except UnreadableError:
                return None
        said = _HEARD[message]
        self.sent[said.interval] = tenths = self._life()
        return self.keys.contribute(said.interval, tenths)


class LightConnection:
    """A bare connection of some members; counts its bytes, TCP payload in both directions."""

    def __init__(self, members: list[LightMember], number: int) -> None:
        self.members = members
        self.bytes = 0
        self._lesson = members[0].keys.lesson
        self._number = number

    async def run(self, broker: Broker, ready: asyncio.Semaphore) -> None:
        async with ready:
            reader, self._writer = await asyncio.open_connection(broker.host, broker.port)
            connect = _string("MQTT") + bytes([5, 2]) + struct.pack(">H", 0) + b"\0"
            self._write(_packet(0x10, connect + _string(f"m{self._number}")))
            await self._read(reader)
            topic = board_topic(self._lesson)
            self._write(_packet(0x82, struct.pack(">H", 1) + b"\0" + _string(topic) + b"\0"))
            await self._read(reader)
        while True:
            kind, body = await self._read(reader)
            if kind >> 4 == 3:
                start = 2 + struct.unpack(">H", body[:2])[0]
                self._hear(body[start + 1 :])

    def _hear(self, message: bytes) -> None:
        for member in self.members:
            asyncio.get_running_loop().call_later(
                random.uniform(0, SPREAD_S), self._answer, member, message
            )

    def _answer(self, member: LightMember, message: bytes) -> None:
        if (answer := member.answer(message)) is not None:
            body = _string(members_topic(self._lesson)) + b"\0" + answer
            self._write(_packet(0x30, body))

    def _write(self, data: bytes) -> None:
        self.bytes += len(data)
        self._writer.write(data)

    async def _read(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        kind = (await reader.readexactly(1))[0]
        length = shift = 0
        while True:
            digit = (await reader.readexactly(1))[0]
            length |= (digit & 127) << shift
            shift += 7
            if digit < 128:
                break
        body = await reader.readexactly(length)
        self.bytes += 2 + length
        return kind, body


def _board(folder: Path, broker: Broker, pipe: Pipe) -> None:
    """The board's process: rows and what they cost."""
    lesson_file.data_dir = lambda: folder  # type: ignore[assignment]
    running = RunningClass(new_class("A large class", broker))
    running.start()
    pipe.send(running.code)
    pipe.recv()  # all are connected
    for _ in range(INTERVALS):
        cpu, began = time.process_time(), time.monotonic()
        row = running.run_interval(lambda seconds: bool(time.sleep(seconds)))
        assert row is not None
        late = time.monotonic() - began - INTERVAL_S
        shares = row.shares
        pipe.send(
            {
                "interval": running.board.interval,
                "sharing": row.sharing,
                "members": 0 if shares is None else shares.members,
                "percent": None if shares is None else list(shares.percent.values()),
                "step": 0 if shares is None else shares.step,
                "cpu_s": time.process_time() - cpu,
                "late_s": late,
                "notice": running.board.notice,
            }
        )
    running.close()
    pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


async def _members(code: str, count: int, broker: Broker, pipe: Pipe) -> tuple[list[Any], Any]:
    room = _ROOM(code)
    protocol._Room = lambda _: room  # type: ignore[assignment,misc]  # the same for all, made once
    members = [LightMember(code, number) for number in range(count)]
    ready = asyncio.Semaphore(200)
    each = -(-count // MOST_CONNECTIONS)
    connections = [
        LightConnection(members[start : start + each], start) for start in range(0, count, each)
    ]
    tasks = [asyncio.create_task(connection.run(broker, ready)) for connection in connections]
    while not all(hasattr(connection, "_writer") for connection in connections):
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    connected = sum(connection.bytes for connection in connections)
    pipe.send("connected")
    rows = [await asyncio.to_thread(pipe.recv) for _ in range(INTERVALS)]
    for row in rows:
        _check(row, members)
    sent = (sum(connection.bytes for connection in connections) - connected) / count / INTERVALS
    memory = await asyncio.to_thread(pipe.recv)
    for task in tasks:
        task.cancel()
    return rows, (sent, memory)


def _check(row: dict[str, Any], members: list[LightMember]) -> None:
    """Where all are in the sum, it is the truth within rounding."""
    if row["members"] != len(members):
        return
    sent = [member.sent[row["interval"]] for member in members]
    for shown, parts in zip(row["percent"], zip(*sent, strict=True), strict=True):
        exact = 100 * sum(parts) / (TENTHS * len(sent))
        assert abs(shown - exact) < row["step"], (shown, exact)


def _cpu_of(pid: int) -> float:
    """CPU seconds of a process so far (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(count: int) -> None:
    """Hold a class of so many, and print what it costs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Mosquitto(folder, _UNLIMITED)
        server.start()
        assert server.process is not None
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(
            target=_board, args=(folder / "data", server.broker, theirs)
        )
        process.start()
        code = ours.recv()
        began = _cpu_of(server.process.pid)
        rows, (sent, memory) = asyncio.run(_members(code, count, server.broker, ours))
        broker_cpu = _cpu_of(server.process.pid) - began
        process.join()
        server.kill()
    full = [row for row in rows if row["members"] == count]
    cpu_s, late_s = sum(row["cpu_s"] for row in rows), max(row["late_s"] for row in rows)
    found = {
        "members": count,
        "intervals": len(rows),
        "with all of them in the sum": len(full),
        "most sharing": max(row["sharing"] for row in rows),
        "board, CPU ms an interval": round(1000 * cpu_s / len(rows)),
        "broker, CPU ms an interval": round(1000 * broker_cpu / len(rows)),
        "sum after the end of the interval, at most ms": round(1000 * late_s),
        "bytes a member an hour": round(sent * 3600 / INTERVAL_S),
        "board, MiB": round(memory),
        "notices": sorted({row["notice"] for row in rows if row["notice"]}),
    }
    print(json.dumps(found), flush=True)
