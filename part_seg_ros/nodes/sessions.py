# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which clouds are being segmented, by whom asked, and what was found in them so far."""

from __future__ import annotations

import dataclasses
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes.error_codes import RequestError
from part_seg_ros.nodes.source_mesh import SourceSurface
from part_seg_ros.segmenter.part_records import PartRecord
from part_seg_ros.structures import PointCloud

_NUM_REMEMBERED = 1024


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceCloud:
    """A cloud as it came in.

    Attributes:
        header: std_msgs/Header, copied to every output.
        height: Rows; 1 for an unorganised cloud.
        width: Columns.
        cloud: Its N = height * width points in row-major order.
        surface: The mesh that the points were drawn from; None for a cloud.
    """

    header: Any
    height: int
    width: int
    cloud: PointCloud
    surface: SourceSurface | None = None

    def equals(self, other: SourceCloud) -> bool:
        """Return whether frame, size and content are the same; the stamp may differ."""
        mine, theirs = self.cloud, other.cloud
        return (
            (self.header.frame_id, self.height, self.width)
            == (other.header.frame_id, other.height, other.width)
            and _same(mine.points, theirs.points)
            and _same(mine.colors, theirs.colors)
            and _same(mine.normals, theirs.normals)
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionRecord:
    """One canonical cloud and its parts; a value, replaced as a whole.

    Attributes:
        session_id: Handle of the callers.
        source: The cloud.
        ttl: Idle seconds after which it expires.
        revision: Rises with every change.
        parts: Message id to part, least recently updated first.
    """

    session_id: str
    source: SourceCloud
    ttl: float
    revision: int = 0
    parts: Mapping[int, PartRecord] = field(default_factory=lambda: MappingProxyType({}))

    def with_part(self, part: PartRecord) -> SessionRecord:
        """Return the session with `part` added or replaced, as its latest."""
        parts = {key: value for key, value in self.parts.items() if key != part.part_id}
        parts[part.part_id] = part
        return self.with_parts(parts)

    def with_parts(self, parts: Mapping[int, PartRecord]) -> SessionRecord:
        """Return the session with all its parts replaced."""
        return dataclasses.replace(
            self, parts=MappingProxyType(dict(parts)), revision=self.revision + 1
        )

    def part(self, part_id: int) -> PartRecord:
        """Return a part by its message id.

        Raises:
            RequestError: UNKNOWN_PART.
        """
        if part_id not in self.parts:
            known = ', '.join(map(str, sorted(self.parts))) or 'none'
            raise RequestError(
                ErrorCode.UNKNOWN_PART,
                f'session {self.session_id!r} has no part {part_id}; it has {known};'
                ' send part_id 0 for a new part',
            )
        return self.parts[part_id]

    @property
    def next_part_id(self) -> int:
        """The message id that a new part gets."""
        return max(self.parts, default=0) + 1


class SessionStore:
    """Sessions by id, bounded in number, dropped when idle. Safe for several threads.

    Args:
        max_sessions: Beyond it, the least recently used session is dropped.
        default_ttl: Idle seconds for sessions that ask for none.
        clock: Steady clock [s]; simulated time pauses and jumps and would not do.
    """

    def __init__(
        self,
        *,
        max_sessions: int,
        default_ttl: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_sessions = max_sessions
        self._default_ttl = default_ttl
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, tuple[SessionRecord, float]] = OrderedDict()
        self._dropped: OrderedDict[str, str] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of live sessions."""
        with self._lock:
            self._drop_idle()
            return len(self._entries)

    def open(self, source: SourceCloud, *, ttl: float = 0.0) -> SessionRecord:
        """Open a session on `source`; a `ttl` that is not positive takes the default."""
        session = SessionRecord(
            session_id=secrets.token_hex(6),
            source=source,
            ttl=ttl if ttl > 0.0 else self._default_ttl,
        )
        with self._lock:
            self._drop_idle()
            while len(self._entries) >= self._max_sessions:
                oldest = next(iter(self._entries))
                self._drop(
                    oldest, f'made room for a newer one (max_sessions {self._max_sessions})'
                )
            self._entries[session.session_id] = (session, self._clock())
        return session

    def get(self, session_id: str) -> SessionRecord:
        """Return a live session and start its idle time anew.

        Raises:
            RequestError: UNKNOWN_SESSION or SESSION_EXPIRED.
        """
        with self._lock:
            self._drop_idle()
            return self._touch(session_id)

    def commit(self, session: SessionRecord) -> None:
        """Store the next revision of a session, unless it changed meanwhile.

        Raises:
            RequestError: the session is gone, or CANCELED where it is at another revision than the
                work began with.
        """
        with self._lock:
            current = self._touch(session.session_id)
            if current.revision != session.revision - 1:
                raise RequestError(
                    ErrorCode.CANCELED,
                    f'session {session.session_id!r} changed while this request was worked on;'
                    ' its answer was discarded, ask again',
                )
            self._entries[session.session_id] = (session, self._clock())

    def close(self, session_id: str) -> None:
        """Forget one session.

        Raises:
            RequestError: UNKNOWN_SESSION or SESSION_EXPIRED.
        """
        with self._lock:
            self._drop_idle()
            self._touch(session_id)
            del self._entries[session_id]

    def close_all(self) -> int:
        """Forget all sessions and return how many there were."""
        with self._lock:
            count = len(self._entries)
            self._entries.clear()
            return count

    def drop_all(self, reason: str) -> None:
        """Drop all sessions; whoever asks for one is told the reason."""
        with self._lock:
            for session_id in list(self._entries):
                self._drop(session_id, reason)

    def _touch(self, session_id: str) -> SessionRecord:
        if session_id in self._dropped:
            raise RequestError(
                ErrorCode.SESSION_EXPIRED,
                f'session {session_id!r} was dropped: {self._dropped[session_id]}; open a new one',
            )
        if session_id not in self._entries:
            raise RequestError(
                ErrorCode.UNKNOWN_SESSION,
                f'there is no session {session_id!r}, it was never opened or it was closed;'
                ' leave session_id empty for a new one',
            )
        session, _ = self._entries.pop(session_id)
        self._entries[session_id] = (session, self._clock())
        return session

    def _drop_idle(self) -> None:
        now = self._clock()
        for session_id, (session, used) in list(self._entries.items()):
            if now - used > session.ttl:
                self._drop(session_id, f'idle for more than {session.ttl:g} s')

    def _drop(self, session_id: str, reason: str) -> None:
        del self._entries[session_id]
        self._dropped[session_id] = reason
        while len(self._dropped) > _NUM_REMEMBERED:
            self._dropped.popitem(last=False)


def _same(first: np.ndarray | None, second: np.ndarray | None) -> bool:
    if first is None or second is None:
        return first is second
    return np.array_equal(first, second, equal_nan=True)
