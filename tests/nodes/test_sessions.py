# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sessions are values, dropped when idle, and never mixed up."""

import numpy as np
import pytest
from part_seg_ros.msg import ErrorCode
from std_msgs.msg import Header

from part_seg_ros.geometry.part_shape import measure_part
from part_seg_ros.nodes.error_codes import RequestError
from part_seg_ros.nodes.sessions import SessionStore, SourceCloud
from part_seg_ros.segmenter.part_records import PartRecord
from part_seg_ros.structures import PointCloud


def make_source(points=None, colors=None, frame_id='camera', height=1):
    points = np.arange(12, dtype=np.float32).reshape(4, 3) if points is None else points
    cloud = PointCloud(points=points, colors=colors)
    header = Header(frame_id=frame_id)
    return SourceCloud(header=header, height=height, width=len(cloud) // height, cloud=cloud)


def make_part(part_id):
    mask = np.ones(4, bool)
    shape = measure_part(np.eye(4, 3))
    return PartRecord(part_id=part_id, name=f'part_{part_id}', mask=mask, shape=shape, score=0.5)


class FakeClock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def store(clock):
    return SessionStore(max_sessions=2, default_ttl=10.0, clock=clock)


def code_of(call, *arguments):
    with pytest.raises(RequestError) as caught:
        call(*arguments)
    return caught.value.code


def test_an_open_session_is_found_again(store):
    session = store.open(make_source())
    assert store.get(session.session_id) is session
    assert session.ttl == 10.0


def test_unknown_closed_and_expired_are_told_apart(store, clock):
    closed, expired = store.open(make_source()), store.open(make_source())
    store.close(closed.session_id)
    clock.now = 10.5
    assert code_of(store.get, 'nonsense') == ErrorCode.UNKNOWN_SESSION
    assert code_of(store.get, closed.session_id) == ErrorCode.UNKNOWN_SESSION
    assert code_of(store.get, expired.session_id) == ErrorCode.SESSION_EXPIRED
    assert code_of(store.close, expired.session_id) == ErrorCode.SESSION_EXPIRED
    assert len(store) == 0


def test_use_keeps_a_session_alive_and_an_own_ttl_counts(store, clock):
    short = store.open(make_source(), ttl=3.0)
    used = store.open(make_source())
    for clock.now in (8.0, 16.0, 24.0):
        assert store.get(used.session_id) is used
    assert code_of(store.get, short.session_id) == ErrorCode.SESSION_EXPIRED


@pytest.mark.parametrize('ttl', [0.0, -1.0, float('nan')])
def test_a_ttl_that_is_not_positive_takes_the_default(store, ttl):
    assert store.open(make_source(), ttl=ttl).ttl == 10.0


def test_the_least_recently_used_session_makes_room(store):
    first, second = store.open(make_source()), store.open(make_source())
    store.get(first.session_id)
    third = store.open(make_source())
    assert code_of(store.get, second.session_id) == ErrorCode.SESSION_EXPIRED
    assert store.get(first.session_id) is first and store.get(third.session_id) is third


def test_a_commit_on_an_older_revision_is_refused(store):
    session = store.open(make_source())
    store.commit(session.with_part(make_part(1)))
    assert code_of(store.commit, session.with_part(make_part(2))) == ErrorCode.CANCELED
    assert list(store.get(session.session_id).parts) == [1]


def test_a_commit_to_a_closed_session_is_refused(store):
    session = store.open(make_source())
    assert store.close_all() == 1
    assert code_of(store.commit, session.with_part(make_part(1))) == ErrorCode.UNKNOWN_SESSION


def test_parts_are_added_without_touching_the_old_value(store):
    session = store.open(make_source())
    one = session.with_part(make_part(1))
    two = one.with_part(make_part(2)).with_part(make_part(1))
    assert (dict(session.parts), list(one.parts), list(two.parts)) == ({}, [1], [2, 1])
    assert (session.next_part_id, one.next_part_id, two.next_part_id) == (1, 2, 3)
    with pytest.raises(RequestError, match='has no part 7; it has 1, 2') as caught:
        two.part(7)
    assert caught.value.code == ErrorCode.UNKNOWN_PART


def test_the_same_content_is_the_same_cloud():
    points = np.arange(12, dtype=np.float32).reshape(4, 3)
    points[1] = np.nan
    colors = np.zeros((4, 3), np.float32)
    base = make_source(points, colors)
    assert base.equals(make_source(points.copy(), colors.copy()))
    moved = points.copy()
    moved[3, 2] += 1e-6 * moved[3, 2]
    assert not base.equals(make_source(moved, colors))
    assert not base.equals(make_source(points[[1, 0, 2, 3]], colors))
    assert not base.equals(make_source(points, colors + 0.5))
    assert not base.equals(make_source(points, None))
    assert not base.equals(make_source(points, colors, frame_id='base'))
    assert not base.equals(make_source(points, colors, height=2))
