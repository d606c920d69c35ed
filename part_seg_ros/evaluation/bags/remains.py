# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What is left of a storage file that was cut off or damaged.

rosbags needs the index at the end of an MCAP file and a whole database; here the records are read
one after the other as far as they go.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from part_seg_ros.errors import BackendMissingError
from part_seg_ros.evaluation.bags.stored_messages import Storage, StoredMessage, StoredTopic

STORAGE_SUFFIXES = ('.db3', '.mcap')


def remains_of(path: Path) -> Storage:
    """Read as much of a .db3 or .mcap file as there is.

    Raises:
        BackendMissingError: an MCAP file, and the package mcap is not installed.
    """
    return SqliteRemains(path) if path.suffix == '.db3' else McapRemains(path)


class SqliteRemains:
    """The rows of a database that can still be read; see `Storage`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: list[tuple[int, int, int]] = []
        self._names: dict[int, str] = {}
        self.damage = ''
        definitions: dict[str, tuple[str, str]] = {}
        types: dict[int, tuple[str, str]] = {}
        with self._noting_damage(), closing(self._open()) as database:
            types = {
                topic_id: (name, kind)
                for topic_id, name, kind in database.execute('SELECT id, name, type FROM topics')
            }
            definitions = self._definitions(database)
            # By rows, not by the index of times, which a cut file may have lost.
            rows = database.execute('SELECT id, topic_id, timestamp FROM messages ORDER BY id')
            for row_id, topic_id, time_ns in rows:
                if topic_id in types and isinstance(time_ns, int):  # else a row of lost pages
                    self._rows.append((time_ns, row_id, topic_id))
        self._rows.sort()
        self._names = {topic_id: name for topic_id, (name, _) in types.items()}
        counts = Counter(topic_id for _, _, topic_id in self._rows)
        self.topics: dict[str, StoredTopic] = {}
        for topic_id, (name, kind) in types.items():
            encoding, text = definitions.get(kind, ('', ''))
            self.topics[name] = StoredTopic(
                name=name,
                type_name=kind,
                num_messages=counts[topic_id],
                definition=text,
                is_idl=encoding == 'ros2idl',
            )

    def messages(self, names: Collection[str]) -> Iterator[StoredMessage]:
        """Yield the messages of some topics by time; rows that end beyond the cut are left out."""
        with closing(self._open()) as database:
            for time_ns, row_id, topic_id in self._rows:
                name = self._names[topic_id]
                if name not in names:
                    continue
                with self._noting_damage():
                    query = 'SELECT data FROM messages WHERE id = ?'
                    (data,) = database.execute(query, (row_id,)).fetchone()
                    if isinstance(data, bytes):
                        yield StoredMessage(topic=name, time_ns=time_ns, data=data)

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(f'file:{self._path}?mode=ro&immutable=1', uri=True)
        # Else a file with fewer pages than it declares is refused as a whole.
        database.execute('PRAGMA writable_schema = ON')
        return database

    @staticmethod
    def _definitions(database: sqlite3.Connection) -> dict[str, tuple[str, str]]:
        """Return {type: (encoding, text)}; none in the bags of older distributions."""
        tables = {name for (name,) in database.execute('SELECT name FROM sqlite_master')}
        if 'message_definitions' not in tables:
            return {}
        query = 'SELECT topic_type, encoding, encoded_message_definition FROM message_definitions'
        return {kind: (encoding, text) for kind, encoding, text in database.execute(query)}

    @contextmanager
    def _noting_damage(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            self.damage = f'{self._path.name} ends early: {error}'


class McapRemains:
    """The records of an MCAP file up to the first that is cut or damaged; see `Storage`.

    Within a chunk messages are sorted by time; chunks come as they were recorded.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.damage = ''
        self._names: dict[int, str] = {}
        self.topics: dict[str, StoredTopic] = {}
        counts = Counter(name for name, _, _ in self._records())
        self.topics = {
            name: dataclasses.replace(topic, num_messages=counts[name])
            for name, topic in self.topics.items()
        }

    def messages(self, names: Collection[str]) -> Iterator[StoredMessage]:
        """Yield the messages of some topics."""
        for name, time_ns, data in self._records():
            if name in names:
                yield StoredMessage(topic=name, time_ns=time_ns, data=data)

    def _records(self) -> Iterator[tuple[str, int, bytes]]:
        """Yield topic, time [ns] and data of all messages; note the topics, and the damage."""
        try:
            from mcap import records
            from mcap.stream_reader import StreamReader, breakup_chunk
        except ModuleNotFoundError as error:
            raise BackendMissingError(
                f'{self._path} has no index; reading what is left of it needs the Python package'
                ' mcap; install it with pip install mcap'
            ) from error

        schemas: dict[int, records.Schema] = {}
        with self._path.open('rb') as file:
            try:
                for outer in StreamReader(file, emit_chunks=True).records:
                    inner = [outer]
                    if isinstance(outer, records.Chunk):
                        inner = breakup_chunk(outer, validate_crc=True)
                    found: list[records.Message] = []
                    for record in inner:
                        if isinstance(record, records.Schema):
                            schemas[record.id] = record
                        elif isinstance(record, records.Channel):
                            self._note_topic(record, schemas.get(record.schema_id))
                        elif isinstance(record, records.Message):
                            found.append(record)
                    for message in sorted(found, key=lambda message: message.log_time):
                        yield self._names[message.channel_id], message.log_time, message.data
            # A damaged file fails in whatever way its bytes are first misread.
            except Exception as error:
                self.damage = (
                    f'{self._path.name} ends early: after byte {file.tell()}:'
                    f' {type(error).__name__} {error}'.rstrip()
                )

    def _note_topic(self, channel: Any, schema: Any) -> None:
        self._names[channel.id] = channel.topic
        if channel.topic in self.topics:
            return
        self.topics[channel.topic] = StoredTopic(
            name=channel.topic,
            type_name='' if schema is None else schema.name,
            num_messages=0,
            definition='' if schema is None else schema.data.decode(errors='replace'),
            is_idl=schema is not None and schema.encoding != 'ros2msg',
        )
