# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The annotated bag holds the original messages and the very labels of the report."""

import numpy as np
import pytest

from part_seg_ros.data.bags.writer import STORAGES
from part_seg_ros.data.cloud_codec import decode_cloud, read_field
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.bags.annotated import RESULT_TYPES, AnnotatedBag
from part_seg_ros.evaluation.bags.label_file import LabelFile
from part_seg_ros.evaluation.bags.prompts import prompts_from_topic
from part_seg_ros.evaluation.bags.protocol import BagConfig, evaluate_bag
from part_seg_ros.evaluation.bags.reader import open_bag
from part_seg_ros.evaluation.bags.truth import FieldTruth
from part_seg_ros.segmenter.following import FollowSettings
from part_seg_ros.segmenter.part_ids import to_library_ids


@pytest.fixture(params=STORAGES)
def annotated(request, write_bag, ball_segmenter, tiny, tmp_path):
    """Paths of the original, the annotated bag and the labels, and the results."""
    other = 'mcap' if request.param == 'sqlite3' else 'sqlite3'
    path, _ = write_bag(storage=other, num_frames=5)
    config = BagConfig(every=2, follow=FollowSettings(radius=0.005))
    with (
        open_bag(path) as bag,
        AnnotatedBag(tmp_path / 'out', bag, tiny.clouds, storage=request.param) as out,
        LabelFile(tmp_path / 'labels.npz') as labels,
    ):
        results = evaluate_bag(
            bag,
            ball_segmenter(0.5),
            config,
            truth=FieldTruth(),
            prompts=prompts_from_topic(bag, tiny.clicks),
            keep=[out.keep, labels.keep],
            with_others=True,
        )
    return path, tmp_path / 'out', tmp_path / 'labels.npz', results


def messages_of(path, topic):
    with open_bag(path) as bag:
        return [bag.read(stored) for stored in bag.messages([topic])]


def stored(path):
    with open_bag(path) as bag:
        return [(m.topic, m.time_ns, m.data) for m in bag.messages()]


def test_labels_read_back_as_they_were_reported(annotated):
    _, out, labels, results = annotated
    reported = np.load(labels)
    messages = messages_of(out, '/part_labels')
    assert len(messages) == len(results.frames) == 3
    for message, frame in zip(messages, results.frames, strict=True):
        read = to_library_ids(message.labels)
        np.testing.assert_array_equal(read, reported[str(frame.stamp_ns)])
        assert message.width == frame.num_points and message.height == 1
        stamp = message.header.stamp.sec * 10**9 + message.header.stamp.nanosec
        assert stamp == frame.stamp_ns and message.header.frame_id == 'optical'
    assert set(reported[str(results.frames[-1].stamp_ns)]) == {-1, 0, 1}


def test_all_original_messages_are_there_as_they_were(annotated):
    path, out, _, _ = annotated
    originals = [entry for entry in stored(out) if entry[0] not in RESULT_TYPES]
    assert originals == stored(path)


def test_results_come_right_after_their_cloud(annotated, tiny):
    _, out, _, _ = annotated
    order = [topic for topic, _, _ in stored(out)]
    with_results = [i for i, topic in enumerate(order) if topic == tiny.clouds][::2]
    for i in with_results:
        assert order[i + 1 : i + 1 + len(RESULT_TYPES)] == list(RESULT_TYPES)


def test_types_and_latching_are_those_of_the_node(annotated):
    with open_bag(annotated[1]) as bag:
        found = {name: bag.topics[name].type_name for name in RESULT_TYPES}
        latched = {
            name
            for name in RESULT_TYPES
            if bag.topics[name].qos[0].durability.name == 'TRANSIENT_LOCAL'
        }
    assert found == RESULT_TYPES
    assert latched == {'/part_labels', '/parts', '/part_points', '/markers'}


def test_clouds_carry_the_labels_and_the_part_ids(annotated):
    _, out, _, _ = annotated
    for labels, labeled, part_points in zip(
        messages_of(out, '/part_labels'),
        messages_of(out, '/labeled_points'),
        messages_of(out, '/part_points'),
        strict=True,
    ):
        np.testing.assert_array_equal(read_field(labeled, 'label'), labels.labels)
        part_ids = read_field(part_points, 'part_id')
        np.testing.assert_array_equal(part_ids, labels.labels[labels.labels > 0])
        np.testing.assert_array_equal(
            decode_cloud(part_points).points, decode_cloud(labeled).points[labels.labels > 0]
        )


def test_parts_and_markers_are_those_of_the_labels(annotated):
    _, out, _, _ = annotated
    for labels, parts, markers in zip(
        messages_of(out, '/part_labels'),
        messages_of(out, '/parts'),
        messages_of(out, '/markers'),
        strict=True,
    ):
        assert sorted(part.id for part in parts.parts) == labels.part_ids.tolist()
        for part in parts.parts:
            np.testing.assert_array_equal(
                part.point_indices, np.flatnonzero(labels.labels == part.id)
            )
        assert len(markers.markers) == 1 + 3 * len(parts.parts)


def test_answers_are_not_written_beside_other_answers(annotated, tmp_path, tiny):
    with open_bag(annotated[1]) as bag:
        with pytest.raises(InputError, match='has the topics /labeled_points, /markers'):
            AnnotatedBag(tmp_path / 'again', bag, tiny.clouds)


def test_a_bag_is_not_written_over(annotated, tiny):
    with open_bag(annotated[0]) as bag:
        with pytest.raises(InputError, match='exists already'):
            AnnotatedBag(annotated[1], bag, tiny.clouds)
        with pytest.raises(InputError, match='sqlite3, mcap'):
            AnnotatedBag(annotated[1].parent / 'x', bag, tiny.clouds, storage='zip')


def test_labels_of_a_report_serve_as_truth(annotated, ball_segmenter, tiny):
    from part_seg_ros.evaluation.bags.truth import FileTruth

    path, _, labels, _ = annotated
    with open_bag(path) as bag:
        again = evaluate_bag(
            bag,
            ball_segmenter(0.5),
            BagConfig(every=2, follow=FollowSettings(radius=0.005)),
            truth=FileTruth(labels),
            prompts=prompts_from_topic(bag, tiny.clicks),
        )
    assert {(part.part_id, part.true_id, part.iou) for part in again.parts} == {
        (1, 0, 1.0),
        (2, 1, 1.0),
    }
