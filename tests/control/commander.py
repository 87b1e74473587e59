"""Sends random commands to the running instance and prints its answers.

`python -m tests.control.commander SEED COUNT COMMAND...` prints one JSON line an accepted command:
its number, the command, and mode and pause in the answer.
"""

from __future__ import annotations

import json
import random
import sys

from overlay.control import ask


def main() -> None:
    seed, count, *commands = sys.argv[1:]
    dice = random.Random(int(seed))
    for _ in range(int(count)):
        command, _, value = dice.choice(commands).partition(":")
        answer = ask(command, value or None)
        status = answer["status"]
        print(json.dumps([answer["number"], command, value, status["mode"], status["paused"]]))


if __name__ == "__main__":
    main()
