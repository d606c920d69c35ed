# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Reading a bag in either storage format, whole or as far as it goes."""

from __future__ import annotations

import heapq
import logging
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.bags.message_types import known_types
from part_seg_ros.evaluation.bags.remains import STORAGE_SUFFIXES, remains_of
from part_seg_ros.evaluation.bags.stored_messages import Storage, StoredMessage, StoredTopic

_METADATA = 'metadata.yaml'

_logger = logging.getLogger(__name__)


class Bag:
    """An open bag; see `open_bag`.

    Attributes:
        path: Folder, or single storage file.
        topics: By name.
        types: rosbags' typestore that reads and writes all of them.

    Args:
        path: As above.
        storages: What the messages come from, by `rosbags` or `remains`.
        damage: What is wrong with the bag beside its storages, '' for nothing.
    """

    def __init__(self, path: Path, storages: Collection[Storage], damage: str) -> None:
        self.path = path
        self._storages = storages
        self._damage = damage
        self.topics: dict[str, StoredTopic] = {}
        for storage in storages:
            for name, topic in storage.topics.items():
                self.topics.setdefault(name, topic)
        self.types = _types_of(self.topics.values())

    @property
    def damage(self) -> str:
        """Where and why reading ended early, '' if it did not; known once messages were read."""
        found = [self._damage, *(storage.damage for storage in self._storages)]
        return '; '.join(dict.fromkeys(filter(None, found)))

    def messages(self, names: Collection[str] | None = None) -> Iterator[StoredMessage]:
        """Yield every message of some topics, of all if None, once and in the order of time."""
        wanted = set(self.topics if names is None else names)
        streams = [storage.messages(wanted) for storage in self._storages]
        yield from heapq.merge(*streams, key=lambda message: message.time_ns)

    def read(self, message: StoredMessage) -> Any:
        """Return a message as an object of rosbags.

        Raises:
            InputError: its bytes do not fit its type.
        """
        kind = self.topics[message.topic].type_name
        try:
            return self.types.deserialize_cdr(message.data, kind)
        # Damaged bytes fail in whatever way they are first misread.
        except Exception as error:
            raise InputError(
                f'the message on {message.topic} at {message.time_ns} ns is no {kind}:'
                f' {type(error).__name__} {error}'.rstrip()
            ) from error

    def describe_topics(self) -> str:
        """Name the topics with their types, for messages of errors."""
        return (
            ', '.join(
                f'{topic.name} ({topic.type_name}, {topic.num_messages})'
                for topic in sorted(self.topics.values(), key=lambda topic: topic.name)
            )
            or 'none'
        )

    def of_type(self, type_name: str) -> list[str]:
        """Return the topics of a type, sorted."""
        return sorted(t.name for t in self.topics.values() if t.type_name == type_name)


@contextmanager
def open_bag(path: Path) -> Iterator[Bag]:
    """Open a bag; a damaged one is read as far as it goes, which `Bag.damage` then tells.

    Args:
        path: Folder of a bag (sqlite3 or MCAP), or a single .db3 or .mcap file.

    Raises:
        BackendMissingError: rosbags, or for an MCAP file without index mcap, is not installed.
        InputError: there is no bag, or nothing in it can be read.
    """
    if not path.exists():
        raise InputError(f'there is no bag at {path}')
    known_types()
    with ExitStack() as stack:
        whole = _by_library([path], stack)
        if whole is not None:
            yield Bag(path, [whole], '')
            return
        files = _storage_files(path)
        storages = [_by_library([file], stack) or remains_of(file) for file in files]
        bag = Bag(path, storages, _metadata_damage(path))
        if not any(topic.num_messages for topic in bag.topics.values()):
            raise InputError(f'no message can be read from {path}: {bag.damage or "it is empty"}')
        yield bag


class _Library:
    """An intact bag or file, read by rosbags; see `Storage`."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.damage = ''
        self.topics = {
            connection.topic: StoredTopic(
                name=connection.topic,
                type_name=connection.msgtype,
                num_messages=info.msgcount,
                definition=connection.msgdef.data,
                is_idl=connection.msgdef.format.name == 'IDL',
                qos=tuple(connection.ext.offered_qos_profiles),
            )
            for info in reader.topics.values()
            for connection in info.connections[:1]
        }

    def messages(self, names: Collection[str]) -> Iterator[StoredMessage]:
        connections = [c for c in self._reader.connections if c.topic in names]
        if not connections:
            return
        try:
            for connection, time_ns, data in self._reader.messages(connections):
                yield StoredMessage(topic=connection.topic, time_ns=time_ns, data=bytes(data))
        # A damaged file fails in whatever way its bytes are first misread.
        except Exception as error:
            self.damage = f'reading ends early: {type(error).__name__} {error}'.rstrip()


def _by_library(paths: list[Path], stack: ExitStack) -> _Library | None:
    """Open files by rosbags, to be closed by `stack`; None where it cannot."""
    from rosbags.highlevel import AnyReader

    try:
        return _Library(stack.enter_context(AnyReader(paths, default_typestore=known_types())))
    # Damaged files fail in whatever way their bytes are first misread.
    except Exception as error:
        _logger.info('rosbags cannot open %s (%r); it is read record by record', paths, error)
        return None


def _storage_files(path: Path) -> list[Path]:
    """Return the storage files of a bag in the order of their numbers.

    Raises:
        InputError: there is none.
    """
    if path.is_file():
        if path.suffix not in STORAGE_SUFFIXES:
            raise InputError(f'{path} is no bag: give a folder, or a .db3 or .mcap file')
        return [path]
    files = [file for file in path.iterdir() if file.suffix in STORAGE_SUFFIXES]
    if not files:
        held = ', '.join(sorted(file.name for file in path.iterdir())[:8]) or 'nothing'
        raise InputError(f'{path} is no bag: it needs .db3 or .mcap files, but holds {held}')
    return sorted(files, key=lambda file: (len(file.name), file.name))


def _metadata_damage(path: Path) -> str:
    if path.is_file():
        return ''
    metadata = path / _METADATA
    if not metadata.is_file():
        return f'{_METADATA} is missing'
    import yaml

    try:
        content = yaml.safe_load(metadata.read_text(errors='replace'))
        names = content['rosbag2_bagfile_information']['relative_file_paths']
    except (yaml.YAMLError, KeyError, TypeError):
        return f'{_METADATA} is damaged'
    missing = [name for name in names if not (path / Path(name).name).is_file()]
    return f'{", ".join(missing)} is missing' if missing else ''


def _types_of(topics: Collection[StoredTopic]) -> Any:
    """Return the known types and those that only the bag defines."""
    from rosbags.typesys import get_types_from_idl, get_types_from_msg

    types = known_types()
    for topic in topics:
        if topic.type_name in types.types or not topic.definition:
            continue
        try:
            if topic.is_idl:
                found = get_types_from_idl(topic.definition)
            else:
                found = get_types_from_msg(topic.definition, topic.type_name)
        # A definition that rosbags cannot parse only matters to readers of its topic.
        except Exception as error:
            _logger.warning(
                'the definition of %s, the type of %s, cannot be parsed: %r',
                topic.type_name,
                topic.name,
                error,
            )
            continue
        types.register({name: value for name, value in found.items() if name not in types.types})
    return types
