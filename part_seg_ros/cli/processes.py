# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Child processes that never outlive the command that started them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from part_seg_ros.errors import PartSegError

_GRACE_S = 5.0


class ProcessFailedError(PartSegError):
    """A child process ended too early, with an error or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Child:
    """A started process and its log."""

    name: str
    process: subprocess.Popen[bytes]
    log_path: Path

    def log_tail(self, num_lines: int = 15) -> str:
        """Return the last lines that the process wrote."""
        lines = self.log_path.read_text(errors='replace').splitlines()
        return '\n'.join(f'  {self.name}: {line}' for line in lines[-num_lines:])


class ProcessGroup:
    """Starts Python modules as processes; leaving the `with` block ends all of them.

    Args:
        log_folder: Where each process writes `NAME.log`.
        environment: Environment of the processes.
    """

    def __init__(self, log_folder: Path, environment: Mapping[str, str]) -> None:
        self._log_folder = log_folder
        self._environment = dict(environment)
        self._children: list[Child] = []

    def __enter__(self) -> ProcessGroup:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for child in self._children:
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + _GRACE_S
        for child in self._children:
            try:
                child.process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()

    def start(self, name: str, module: str, *arguments: str) -> Child:
        """Start `python -m MODULE ARGUMENTS` and return at once."""
        self._log_folder.mkdir(parents=True, exist_ok=True)
        log_path = self._log_folder / f'{name}.log'
        with log_path.open('wb') as log:
            process = subprocess.Popen(
                [sys.executable, '-u', '-m', module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
            )
        child = Child(name=name, process=process, log_path=log_path)
        self._children.append(child)
        return child

    def wait(self, child: Child, timeout_s: float) -> None:
        """Wait until `child` ends well, while all others keep running.

        Raises:
            ProcessFailedError: it failed, took longer than `timeout_s`, or another process ended
                first; the message holds the last lines of all logs.
        """
        deadline = time.monotonic() + timeout_s
        while child.process.poll() is None:
            others = [other for other in self._children if other is not child]
            ended = [other.name for other in others if other.process.poll() is not None]
            if ended:
                raise self._failure(f'{", ".join(ended)} ended before {child.name} was done')
            if time.monotonic() > deadline:
                raise self._failure(f'{child.name} took longer than {timeout_s:.0f} s')
            time.sleep(0.05)
        if child.process.returncode != 0:
            raise self._failure(f'{child.name} failed with exit code {child.process.returncode}')

    def _failure(self, reason: str) -> ProcessFailedError:
        tails = '\n'.join(child.log_tail() for child in self._children)
        return ProcessFailedError(f'{reason}; logs in {self._log_folder}:\n{tails}')
