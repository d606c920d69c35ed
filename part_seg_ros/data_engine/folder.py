# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Labelling a folder of 3D files one by one, so that it can be broken off and resumed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from part_seg_ros.data_engine.engine import Engine, UnsuitableShapeError, shape_seed
from part_seg_ros.data_engine.labels_file import write_labels
from part_seg_ros.data_engine.native_parts import SOURCE_SUFFIXES
from part_seg_ros.errors import BackendMissingError, ConfigError, InputError

WRITTEN, UNSUITABLE, FAILED, DONE_BEFORE = 'written', 'unsuitable', 'failed', 'done before'
OUTCOMES = (WRITTEN, UNSUITABLE, FAILED, DONE_BEFORE)
JOURNAL = 'journal.jsonl'
ENGINE_FILE = 'engine.json'

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one file.

    Attributes:
        source: Its path in the folder, with `/` between names.
        outcome: One of `OUTCOMES`.
        reason: Why there are no labels, '' where there are some.
        num_parts: How many parts or masks were written.
    """

    source: str
    outcome: str
    reason: str = ''
    num_parts: int = 0


def find_sources(root: Path) -> list[str]:
    """List the files that can be labelled, in all folders below `root`, by path.

    Raises:
        InputError: there are none, or two would be written to the same place.
    """
    found = sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob('*')
        if path.is_file() and path.suffix.lower() in SOURCE_SUFFIXES
    )
    if not found:
        raise InputError(f'no 3D files in {root}; they must end in {", ".join(SOURCE_SUFFIXES)}')
    by_name: dict[str, str] = {}
    for source in found:
        other = by_name.setdefault(output_name(source), source)
        if other != source:
            raise InputError(f'{other} and {source} would both become {output_name(source)}')
    return found


def output_name(source: str) -> str:
    """Return the name of the file with the labels of `source`: its path in one word."""
    return '__'.join(Path(source).with_suffix('').parts) + '.npz'


def label_folder(root: Path, out: Path, engine: Engine, *, seed: int = 0) -> Iterator[Outcome]:
    """Label all files below a folder, those first that are first by path.

    What is done is noted in `journal.jsonl`; files that were written or found unsuitable before
    are not looked at again, files that failed are tried again.

    Args:
        root: Folder of 3D files.
        out: Folder for the results, made if need be; not within `root`.
        engine: Makes the labels.
        seed: Of everything random, together with each file's path in `root`.

    Yields:
        The outcome of each file, as it comes.

    Raises:
        InputError: there are no files, or two would be written to the same place.
        ConfigError: `out` lies within `root`, or holds labels made in another way.
        BackendMissingError: the engine needs a package that is not there.
    """
    if out.resolve().is_relative_to(root.resolve()):
        raise ConfigError(f'the results must not lie within {root}, got {out}')
    sources = find_sources(root)
    out.mkdir(parents=True, exist_ok=True)
    recipe = {'engine': engine.name, 'seed': seed, **engine.provenance}
    _check_same_recipe(out / ENGINE_FILE, recipe)
    done = _finished(out)
    with (out / JOURNAL).open('a') as journal:
        journal.write('\n')  # a line that was broken off stays alone
        for source in sources:
            if source in done:
                yield Outcome(source=source, outcome=DONE_BEFORE)
                continue
            outcome = _label_one(root, source, out, engine, seed, recipe)
            entry = {name: getattr(outcome, name) for name in Outcome.__slots__}
            journal.write(json.dumps(entry) + '\n')
            journal.flush()
            yield outcome


def _label_one(
    root: Path, source: str, out: Path, engine: Engine, seed: int, recipe: dict[str, Any]
) -> Outcome:
    try:
        labels = engine.label(root / source, shape_seed(seed, source))
        write_labels(out / output_name(source), labels, {'source': source, **recipe})
    except UnsuitableShapeError as error:
        return Outcome(source=source, outcome=UNSUITABLE, reason=str(error))
    except BackendMissingError:
        raise
    except Exception as error:  # one bad file among thousands must not end the work
        _logger.debug('%s', source, exc_info=True)
        reason = f'{type(error).__name__}: {error}'
        return Outcome(source=source, outcome=FAILED, reason=reason)
    return Outcome(source=source, outcome=WRITTEN, num_parts=len(labels.parts))


def _check_same_recipe(path: Path, recipe: dict[str, Any]) -> None:
    content = json.dumps(recipe, indent=1, sort_keys=True) + '\n'
    if not path.exists():
        path.write_text(content)
    elif path.read_text() != content:
        before = json.loads(path.read_text())
        names = sorted(
            key for key in before | recipe if before.get(key, path) != recipe.get(key, path)
        )
        raise ConfigError(
            f'{path.parent} holds labels made with other {", ".join(names)}; give another folder,'
            f' or the same settings as in {path.name}'
        )


def _finished(out: Path) -> set[str]:
    """Return the sources that need not be looked at again."""
    journal = out / JOURNAL
    done = set()
    for line in journal.read_text().splitlines() if journal.exists() else ():
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:  # empty, or the work broke off while it was written
            continue
        is_written = entry['outcome'] == WRITTEN and (out / output_name(entry['source'])).exists()
        if is_written or entry['outcome'] == UNSUITABLE:
            done.add(entry['source'])
    return done
