"""Commands measured as whole processes, and how their times are shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

MIB = 1024.0


Seconds = tuple[float, float]
"""Of wall clock, of processor."""


@dataclass
class Run:
    """One process: how long it took, its peak memory in MiB, and how long each phase took."""

    took: Seconds
    peak: float
    phases: dict[str, Seconds] = field(default_factory=dict)

    def sum(self, *names: str) -> Seconds:
        """Time in some phases."""
        spent = [self.phases[name] for name in names if name in self.phases]
        return sum(wall for wall, _ in spent), sum(cpu for _, cpu in spent)


def run(command: list[str], repeat: int) -> Run:
    """The fastest of some runs of a command."""
    return min((_once(command) for _ in range(repeat)), key=lambda one: one.took)


def run_in_turn(commands: dict[str, list[str]], repeat: int) -> dict[str, Run]:
    """The fastest run of each command; they take turns, so that a busy moment of the machine hits them alike."""
    rounds = [{name: _once(command) for name, command in commands.items()} for _ in range(repeat)]
    return {name: min((runs[name] for runs in rounds), key=lambda one: one.took) for name in commands}


def _once(command: list[str]) -> Run:
    with tempfile.TemporaryFile("w+") as told, tempfile.TemporaryFile("w+") as failed:
        before = time.perf_counter()
        process = subprocess.Popen(command, stdout=told, stderr=failed)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - before
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        failed.seek(0)
        output = told.read()
        if process.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{output}\n{failed.read()}")
    last = output.strip().splitlines()[-1] if output.strip() else ""
    phases = json.loads(last) if last.startswith('{"phases"') else {}
    return Run((wall, usage.ru_utime + usage.ru_stime), usage.ru_maxrss / MIB, **phases)


def apart(work: Callable, *given: object) -> object:
    """Do something large in a process of its own: what this one holds would count as the peak of its children."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def show(spent: Seconds) -> str:
    """Seconds of wall clock, of processor in brackets."""
    return f"{spent[0]:.2f} ({spent[1]:.2f}) s"


def faster(theirs: Seconds, ours: Seconds, goal: float | None = None) -> str:
    """How many times faster ours is, with the goal and whether it was reached by the wall clock."""
    text = f"→ {theirs[0] / ours[0]:.1f} ({theirs[1] / ours[1]:.1f}) times faster"
    return text if goal is None else f"{text}, goal {goal}: {verdict(theirs[0] / ours[0] >= goal)}"


def slower(ours: Seconds, theirs: Seconds, goal: float | None = None) -> str:
    """How many times as long ours takes, with the goal and whether it was reached by the wall clock."""
    text = f"→ {ours[0] / theirs[0]:.2f} ({ours[1] / theirs[1]:.2f}) times"
    return text if goal is None else f"{text}, goal at most {goal}: {verdict(ours[0] / theirs[0] <= goal)}"


def verdict(reached: bool) -> str:
    return "reached" if reached else "MISSED"
