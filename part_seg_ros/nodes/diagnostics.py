# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The node's state as one diagnostic status."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

from part_seg_ros.nodes.served_network import Statistics


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What diagnostics tell.

    Attributes:
        state: Lifecycle state.
        model: Name of the network, '' before configure.
        weights_sha256: Of its weights, '' where they are random.
        device: Where it runs, '' before configure.
        num_sessions: Live sessions.
        num_waiting: Requests in the queue.
        num_replaced: Topic clouds that a newer one replaced before they were segmented.
        num_replaced_before: The same at the last report.
        cloud_age: Seconds since the newest topic cloud arrived, None for none yet.
        cloud_latency: Seconds from its stamp to its arrival, None for none yet.
        stale_after: Age from which to warn [s].
        statistics: Of the requests.
    """

    state: str
    model: str
    weights_sha256: str
    device: str
    num_sessions: int
    num_waiting: int
    num_replaced: int
    num_replaced_before: int
    cloud_age: float | None
    cloud_latency: float | None
    stale_after: float
    statistics: Statistics


def diagnostic_array(name: str, stamp: Time, snapshot: Snapshot) -> DiagnosticArray:
    """Return the report of node `name` at `stamp`."""
    level, text = _level(snapshot)
    status = DiagnosticStatus(
        level=level,
        name=f'{name}: part segmentation',
        message=text,
        hardware_id=snapshot.device,
        values=[KeyValue(key=key, value=value) for key, value in _values(snapshot).items()],
    )
    message = DiagnosticArray(status=[status])
    message.header.stamp = stamp
    return message


def _level(snapshot: Snapshot) -> tuple[bytes, str]:
    if snapshot.statistics.model_error:
        return DiagnosticStatus.ERROR, snapshot.statistics.model_error
    if snapshot.cloud_age is not None and snapshot.cloud_age > snapshot.stale_after:
        return DiagnosticStatus.WARN, f'no new cloud for {snapshot.cloud_age:.1f} s'
    dropped = snapshot.num_replaced - snapshot.num_replaced_before
    if dropped > 0:
        return DiagnosticStatus.WARN, f'{dropped} clouds replaced by newer ones in the last second'
    return DiagnosticStatus.OK, snapshot.state


def _values(snapshot: Snapshot) -> dict[str, str]:
    counts = snapshot.statistics
    lookups = counts.num_cached + counts.num_encoded
    values = {
        'state': snapshot.state,
        'model': snapshot.model,
        'weights sha256': snapshot.weights_sha256,
        'device': snapshot.device,
        'requests': str(counts.num_requests),
        'failed requests': str(counts.num_failed),
        'waiting requests': str(snapshot.num_waiting),
        'sessions': str(snapshot.num_sessions),
        'cached embeddings': str(counts.cache_items),
        'cache size [MB]': f'{counts.cache_bytes / 1e6:.1f}',
        'cache hit rate': f'{counts.num_cached / lookups:.2f}' if lookups else 'no request yet',
        'dropped clouds': str(snapshot.num_replaced),
        'cloud age [s]': _seconds(snapshot.cloud_age),
        'cloud latency [s]': _seconds(snapshot.cloud_latency),
        'encode [ms]': f'{counts.encode_ms:.1f}',
        'decode [ms]': f'{counts.decode_ms:.1f}',
    }
    gpu_bytes = _gpu_bytes(snapshot.device)
    if gpu_bytes is not None:
        values['GPU memory [MB]'] = f'{gpu_bytes / 1e6:.1f}'
    return values


def _seconds(value: float | None) -> str:
    return 'no cloud yet' if value is None else f'{value:.3f}'


def _gpu_bytes(device: str) -> int | None:
    # The network has imported torch by then where it needs it; this module does not.
    torch = sys.modules.get('torch')
    if torch is None or not device.startswith('cuda'):
        return None
    return int(torch.cuda.memory_allocated(device))
