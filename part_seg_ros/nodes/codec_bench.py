# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Time the conversion of a PointCloud2 both ways: `python -m part_seg_ros.nodes.codec_bench`.

Uses the message classes of sensor_msgs where they are installed, plain objects elsewhere.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from types import SimpleNamespace
from typing import Any

import numpy as np

from part_seg_ros.data.cloud_codec import decode_cloud, encode_cloud, pack_rgb, points_columns


def measure_codec(num_points: int = 300_000, *, repeats: int = 20) -> dict[str, float]:
    """Measure decoding and encoding of a coloured cloud of `num_points` points.

    Args:
        num_points: N.
        repeats: Timed repetitions after one for warming up.

    Returns:
        Medians [ms]: `decode_ms` (message to points and colours), `encode_ms` (points, colours and
        labels to message), and their sum `both_ways_ms`.
    """
    message_type, field_type = _message_types()
    rng = np.random.default_rng(0)
    points = rng.normal(size=(num_points, 3)).astype(np.float32)
    colors = rng.integers(0, 256, (num_points, 3)).astype(np.float32) / 255.0
    labels = rng.integers(0, 9, num_points).astype(np.uint32)

    def encode() -> Any:
        columns = points_columns(points) | {'rgb': pack_rgb(colors), 'label': labels}
        return encode_cloud(message_type(), field_type, columns)

    message = encode()
    encode_ms = _median_ms(encode, repeats)
    decode_ms = _median_ms(lambda: decode_cloud(message), repeats)
    return {
        'num_points': float(num_points),
        'decode_ms': decode_ms,
        'encode_ms': encode_ms,
        'both_ways_ms': decode_ms + encode_ms,
    }


def _median_ms(work: Any, repeats: int) -> float:
    times = []
    work()
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - start))
    return float(np.median(times))


def _message_types() -> tuple[Any, Any]:
    try:
        from sensor_msgs.msg import PointCloud2, PointField
    except ImportError:
        return _plain_cloud, SimpleNamespace
    return PointCloud2, PointField


def _plain_cloud() -> SimpleNamespace:
    stamp = SimpleNamespace(sec=0, nanosec=0)
    return SimpleNamespace(header=SimpleNamespace(frame_id='', stamp=stamp))


def main(arguments: list[str] | None = None) -> None:
    """Print the measured times as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--points', type=int, default=300_000, help='points in the cloud')
    parser.add_argument('--repeats', type=int, default=20, help='timed repetitions')
    options = parser.parse_args(arguments)
    sys.stdout.write(json.dumps(measure_codec(options.points, repeats=options.repeats)) + '\n')


if __name__ == '__main__':
    main()
