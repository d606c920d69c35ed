# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Ages and drops of a replay, on cases worked out by hand."""

from __future__ import annotations

import dataclasses

import pytest

from part_seg_ros.nodes.replay_report import Answer, statistics, summary

PART = Answer(
    click_idx=0,
    cloud_stamp_ns=300,
    error_code=0,
    message='',
    num_points=12,
    age_ms=50.0,
    round_trip_ms=40.0,
    encode_ms=30.0,
    decode_ms=5.0,
)


def test_clouds_count_from_the_one_before_the_first_click() -> None:
    """Of 100 … 500, 200 is the newest at 250; 200 and 300 are answered, 400 and 500 are not."""
    answers = [
        dataclasses.replace(PART, cloud_stamp_ns=200, age_ms=100.0),
        PART,
        dataclasses.replace(PART, click_idx=1, encode_ms=None, age_ms=60.0),
    ]
    found = summary(answers, [100, 200, 300, 400, 500], first_click_ns=250)
    assert (found['frames'], found['frames_asked_for']) == (5, 4)
    assert (found['frames_answered'], found['frames_dropped']) == (2, 2)
    assert (found['answers'], found['errors']) == (3, 0)
    assert found['age_ms'] == {'mean': 70.0, 'median': 60.0, 'p90': 92.0, 'max': 100.0}
    assert found['encode_ms']['mean'] == 30.0
    assert [record['age_ms'] for record in found['records']] == [100.0, 50.0, 60.0]


def test_errors_answer_a_cloud_but_have_no_times() -> None:
    error = dataclasses.replace(
        PART, error_code=111, message='too far', num_points=0, age_ms=9e9, encode_ms=None
    )
    found = summary([error], [300], first_click_ns=300)
    assert (found['frames_answered'], found['frames_dropped']) == (1, 0)
    assert (found['answers'], found['errors']) == (1, 1)
    assert found['age_ms'] is None and found['encode_ms'] is None
    assert found['records'][0]['message'] == 'too far'


@pytest.mark.parametrize(('clicked_ns', 'asked_for'), [(50, 3), (100, 3), (199, 3), (999, 1)])
def test_a_click_before_the_first_cloud_asks_for_all(clicked_ns: int, asked_for: int) -> None:
    found = summary([], [100, 200, 300], first_click_ns=clicked_ns)
    assert found['frames_asked_for'] == found['frames_dropped'] == asked_for


def test_statistics_leave_out_what_is_none() -> None:
    assert statistics([None, 1.0, 3.0, None]) == {'mean': 2.0, 'median': 2.0, 'p90': 2.8, 'max': 3}
    assert statistics([None]) is None
