# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Publish a cloud from a file again and again, as a depth camera would.

`python -m part_seg_ros.nodes.scan_publisher FILE --topic points --rate 10 --frame camera`
"""

from __future__ import annotations

import argparse
import sys

import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from rclpy.utilities import remove_ros_args
from sensor_msgs.msg import PointCloud2
from std_msgs.msg import Header

from part_seg_ros.data.files import CloudFile, read_shape
from part_seg_ros.errors import InputError, PartSegError
from part_seg_ros.nodes import qos
from part_seg_ros.nodes.client import cloud_message


class ScanPublisher(Node):
    """Publishes one cloud at a rate, each time with the present stamp.

    Args:
        scan: The cloud.
        topic: Topic of the PointCloud2.
        rate: Messages a second.
        frame_id: Frame of the cloud; '' takes the file's.
    """

    def __init__(self, scan: CloudFile, *, topic: str, rate: float, frame_id: str) -> None:
        super().__init__('scan_publisher')
        header = Header(frame_id=frame_id or scan.cloud.frame_id)
        self._message = cloud_message(
            scan.cloud.points, scan.cloud.colors, header=header, height=scan.height
        )
        # Reliable matches every subscriber, best-effort ones included.
        self._publisher = self.create_publisher(PointCloud2, topic, qos.results())
        self.create_timer(1.0 / rate, self._publish)

    def _publish(self) -> None:
        self._message.header.stamp = self.get_clock().now().to_msg()
        self._publisher.publish(self._message)


def read_scan(path: str) -> CloudFile:
    """Read a cloud file.

    Raises:
        InputError: no such file, or it holds a mesh.
    """
    scan = read_shape(path)
    if not isinstance(scan, CloudFile):
        raise InputError(
            f'scan_publisher needs a cloud, got a mesh in {path}; sample points first'
        )
    return scan


def main(arguments: list[str] | None = None) -> int:
    """Publish until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('file', help='cloud: npz, ply, pcd, npy or xyz')
    parser.add_argument('--topic', default='points', help='topic of the PointCloud2')
    parser.add_argument('--rate', type=float, default=10.0, help='messages a second')
    parser.add_argument('--frame', default='', help="frame of the cloud; default is the file's")
    words = sys.argv if arguments is None else ['scan_publisher', *arguments]
    options = parser.parse_args(remove_ros_args(words)[1:])
    node = None
    try:
        scan = read_scan(options.file)
        rclpy.init(args=words)
        node = ScanPublisher(scan, topic=options.topic, rate=options.rate, frame_id=options.frame)
        rclpy.spin(node)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except PartSegError as error:
        sys.stderr.write(f'{error}\n')
        return 1
    finally:
        if node is not None:
            node.destroy_node()
        rclpy.try_shutdown()
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
