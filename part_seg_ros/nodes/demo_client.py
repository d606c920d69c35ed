# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The robot's side of the demo: click, correct, then ask for every part, all over DDS.

`python -m part_seg_ros.nodes.demo_client clicks.json OUT_DIR` expects an active node and a cloud
on its topic, and writes the answers for whoever draws and scores them:

- `one_click.npz`, `two_clicks.npz`: `mask` (N,) bool, `labels` (N,) uint32 as received.
- `all_parts.npz`: `part_ids` (N,) int32, -1 where there is none.
- `timings.json`: per call `encode_ms`, `decode_ms`, `embedding_cached`, `round_trip_ms`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import rclpy
from rclpy.node import Node
from rclpy.utilities import remove_ros_args

from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes.client import PartSegClient, point_prompt
from part_seg_ros.segmenter.part_ids import to_library_ids
from part_seg_ros.srv import SegmentPart

GRANULARITY = 0.5  # of every part: the mug's, not smaller pieces


class DemoError(Exception):
    """The node answered with an error."""


class Demo:
    """Runs the three requests and writes their answers.

    Args:
        client: Of the node.
        output_dir: Where the files go; made if it is missing.
    """

    def __init__(self, client: PartSegClient, output_dir: Path) -> None:
        self._client = client
        self._output_dir = output_dir
        self._timings: dict[str, dict[str, Any]] = {}
        output_dir.mkdir(parents=True, exist_ok=True)

    def run(self, positive: Any, negative: Any, *, timeout: float) -> None:
        """Click on the part, click beside it, ask for every part.

        Args:
            positive: (3,) or (Q, 3) foreground coordinates [m] in the frame of the cloud.
            negative: The same for the background.
            timeout: Seconds to wait for the node and its first cloud.

        Raises:
            DemoError: the node answered with an error.
            TimeoutError: the node or its answer did not come.
        """
        self._client.wait_until_active(timeout)
        first = self._first_answer(positive, timeout)
        self._save_part('one_click', first)
        second = self._ask(
            'two_clicks',
            point_prompt(negative=negative),
            session_id=first.session_id,
            part_id=first.part.id,
            prompt_mode=SegmentPart.Request.ADD,
        )
        self._save_part('two_clicks', second)
        self._all_parts(first.session_id)
        text = json.dumps(self._timings, indent=2) + '\n'
        (self._output_dir / 'timings.json').write_text(text)

    def _first_answer(self, positive: Any, timeout: float) -> SegmentPart.Response:
        """Ask until a cloud has arrived on the node's topic."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                return self._ask('one_click', point_prompt(positive))
            except DemoError as error:
                is_waiting = error.args[0] == ErrorCode.NO_CLOUD
                if not is_waiting or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _ask(self, name: str, prompt: Any, **fields: Any) -> SegmentPart.Response:
        start = time.perf_counter()
        reply = self._client.wait(self._client.segment_part(prompt, return_labels=True, **fields))
        self._check(reply)
        self._timings[name] = {
            'encode_ms': _milliseconds(reply.encode_time),
            'decode_ms': _milliseconds(reply.decode_time),
            'embedding_cached': bool(reply.embedding_cached),
            'round_trip_ms': 1e3 * (time.perf_counter() - start),
        }
        return reply

    def _save_part(self, name: str, reply: SegmentPart.Response) -> None:
        labels = np.asarray(reply.labels.labels, dtype=np.uint32)
        mask = np.zeros(len(labels), dtype=bool)
        mask[np.asarray(reply.part.point_indices, dtype=np.int64)] = True
        np.savez_compressed(
            self._output_dir / f'{name}.npz',
            mask=mask,
            labels=labels,
            iou_pred=np.float32(reply.part.score),
            used_points=np.array([(p.x, p.y, p.z) for p in reply.used_points]),
        )

    def _all_parts(self, session_id: str) -> None:
        stages: list[int] = []
        start = time.perf_counter()
        future = self._client.segment_all(
            lambda feedback: stages.append(feedback.stage),
            session_id=session_id,
            granularity=GRANULARITY,
        )
        result = self._client.wait(future)
        self._check(result)
        self._timings['all_parts'] = {
            'total_ms': _milliseconds(result.total_time),
            'granularity': GRANULARITY,
            'num_parts': len(result.parts),
            'num_feedback': len(stages),
            'round_trip_ms': 1e3 * (time.perf_counter() - start),
        }
        part_ids = to_library_ids(np.asarray(result.labels.labels, dtype=np.uint32))
        np.savez_compressed(self._output_dir / 'all_parts.npz', part_ids=part_ids)

    def _check(self, reply: Any) -> None:
        if not reply.success:
            raise DemoError(reply.error_code, reply.message)


def _milliseconds(duration: Any) -> float:
    return duration.sec * 1e3 + duration.nanosec * 1e-6


def main(arguments: list[str] | None = None) -> int:
    """Run the demo's requests against a running node."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('clicks', type=Path, help='JSON: {"positive": [x,y,z], "negative": […]}')
    parser.add_argument('output_dir', type=Path, help='directory for the answers')
    parser.add_argument('--server', default='part_segmentation_node', help='name of the node')
    parser.add_argument('--timeout', type=float, default=60.0, help='seconds to wait at most')
    words = sys.argv if arguments is None else ['demo_client', *arguments]
    options = parser.parse_args(remove_ros_args(words)[1:])
    clicks = json.loads(options.clicks.read_text())
    rclpy.init(args=words)
    node = Node('part_seg_demo')
    client = PartSegClient(node, options.server, timeout=options.timeout)
    try:
        demo = Demo(client, options.output_dir)
        demo.run(clicks['positive'], clicks['negative'], timeout=options.timeout)
    except (DemoError, TimeoutError) as error:
        sys.stderr.write(f'the demo failed: {error}\n')
        return 1
    finally:
        client.destroy()
        node.destroy_node()
        rclpy.try_shutdown()
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
