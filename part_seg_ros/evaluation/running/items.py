# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Items that are measured apart from each other, so that nothing depends on who measures which.

An item is a name and a value. The value is small and can be pickled: what reads an object, or the
path of a bag, not the object or the bag. The function that measures is the same for all items of
a run, and whatever it draws at random depends on the item and the configuration alone.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from part_seg_ros.errors import BackendMissingError, PartSegError

Measure = Callable[[Any], Any]
"""From the value of an item to mappings, lists, numbers and text."""

Prepare = Callable[[], Measure]
"""Builds what all items share, such as the network. It is pickled, and called once a worker."""

_logger = logging.getLogger(__name__)


class WorkerLostError(PartSegError):
    """A process or machine that measured ended all of a sudden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one item.

    Attributes:
        name: Of the item.
        record: What was measured, just as it would come back from a JSON file; None where that
            failed.
        error: Why it failed, '' where it did not.
    """

    name: str
    record: Any = None
    error: str = ''


Execute = Callable[[Prepare, Mapping[str, Any]], Iterator[Outcome]]
"""Measures items, {name: value}, and yields what comes of each, in any order.

Raises what `Prepare` raises, BackendMissingError of any item, and WorkerLostError.
"""


def measure_item(measure: Measure, name: str, value: Any) -> Outcome:
    """Measure one item; an error of its own is part of the outcome.

    Raises:
        BackendMissingError: a package or device is missing, for other items as well.
    """
    try:
        text = json.dumps(measure(value), default=_as_number)
        return Outcome(name=name, record=json.loads(text))
    except BackendMissingError:
        raise
    except Exception as error:  # one bad item among thousands must not end the work
        _logger.debug('%s', name, exc_info=True)
        return Outcome(name=name, error=f'{type(error).__name__}: {error}')


def in_this_process(
    prepare: Prepare, items: Mapping[str, Any], *, num_threads: int | None = None
) -> Iterator[Outcome]:
    """Measure one item after the other.

    Args:
        prepare: Called once, if there are items.
        items: {name: value}.
        num_threads: Threads of torch meanwhile; None leaves them as they are.
    """
    if not items:
        return
    with _threads(num_threads):
        measure = prepare()
        for name, value in items.items():
            yield measure_item(measure, name, value)


@contextlib.contextmanager
def _threads(num_threads: int | None) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(num_threads or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _as_number(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f'a result must be plain numbers and text, got {type(value).__name__}')
