# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Labelling a folder of 3D files one by one, so that it can be broken off and resumed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from part_seg_ros.config import from_mapping, to_mapping
from part_seg_ros.data_engine.engine import Engine, UnsuitableShapeError, shape_seed
from part_seg_ros.data_engine.labels_file import write_labels
from part_seg_ros.data_engine.native_parts import SOURCE_SUFFIXES
from part_seg_ros.errors import ConfigError, InputError
from part_seg_ros.evaluation.running.items import Execute, Measure, in_this_process

WRITTEN, UNSUITABLE, FAILED, DONE_BEFORE = 'written', 'unsuitable', 'failed', 'done before'
OUTCOMES = (WRITTEN, UNSUITABLE, FAILED, DONE_BEFORE)
JOURNAL = 'journal.jsonl'
ENGINE_FILE = 'engine.json'


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


def label_folder(
    root: Path,
    out: Path,
    engine: Engine,
    *,
    seed: int = 0,
    execute: Execute = in_this_process,
    build: Callable[[], Engine] | None = None,
) -> Iterator[Outcome]:
    """Label all files below a folder.

    What is done is noted in `journal.jsonl`; files that were written or found unsuitable before
    are not looked at again, files that failed are tried again.

    Args:
        root: Folder of 3D files.
        out: Folder for the results, made if need be; not within `root`.
        engine: Makes the labels.
        seed: Of everything random, together with each file's path in `root`.
        execute: Who labels.
        build: Builds the same engine in other processes, where these label; pickled.

    Yields:
        The outcome of each file, those done before first, then the others as they come: by path,
        if this process labels.

    Raises:
        InputError: there are no files, or two would be written to the same place.
        ConfigError: `out` lies within `root`, or holds labels made in another way.
        BackendMissingError: the engine needs a package that is not there.
        WorkerLostError: another process that labelled ended.
    """
    if out.resolve().is_relative_to(root.resolve()):
        raise ConfigError(f'the results must not lie within {root}, got {out}')
    sources = find_sources(root)
    out.mkdir(parents=True, exist_ok=True)
    recipe = {'engine': engine.name, 'seed': seed, **engine.provenance}
    _check_same_recipe(out / ENGINE_FILE, recipe)
    done = _finished(out)
    yield from (Outcome(source=s, outcome=DONE_BEFORE) for s in sources if s in done)
    prepare = partial(_prepare, build or (lambda: engine), root, out, seed, recipe)
    with (out / JOURNAL).open('a') as journal:
        journal.write('\n')  # a line that was broken off stays alone
        for labeled in execute(prepare, {s: s for s in sources if s not in done}):
            if labeled.error:
                outcome = Outcome(source=labeled.name, outcome=FAILED, reason=labeled.error)
            else:
                outcome = from_mapping(Outcome, labeled.record)
            journal.write(json.dumps(to_mapping(outcome)) + '\n')
            journal.flush()
            yield outcome


def _prepare(
    build: Callable[[], Engine], root: Path, out: Path, seed: int, recipe: Mapping[str, Any]
) -> Measure:
    engine = build()

    def label(source: str) -> dict[str, Any]:
        return to_mapping(_label_one(engine, root, source, out, seed, recipe))

    return label


def _label_one(
    engine: Engine, root: Path, source: str, out: Path, seed: int, recipe: Mapping[str, Any]
) -> Outcome:
    try:
        labels = engine.label(root / source, shape_seed(seed, source))
    except UnsuitableShapeError as error:
        return Outcome(source=source, outcome=UNSUITABLE, reason=str(error))
    write_labels(out / output_name(source), labels, {'source': source, **recipe})
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
