# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Bags are read whole, once and by time; cut ones as far as they go."""

import shutil

import numpy as np
import pytest
from rosbags.rosbag2 import StoragePlugin, Writer

from part_seg_ros.data.bags.writer import STORAGES
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.bags.message_types import known_types
from part_seg_ros.evaluation.bags.reader import open_bag

SUFFIX = {'sqlite3': '.db3', 'mcap': '.mcap'}
NUM_MESSAGES = 60


def read_all(path, names=None):
    with open_bag(path) as bag:
        found = [(m.topic, m.time_ns, m.data) for m in bag.messages(names)]
        return found, bag.damage


@pytest.fixture(params=STORAGES)
def storage(request):
    return request.param


@pytest.fixture
def large_bag(tmp_path, storage):
    """60 messages of 100 kB on two topics: several chunks of MCAP, many pages of a database."""
    types, rng = known_types(), np.random.default_rng(0)
    path, written = tmp_path / 'large', []
    with Writer(path, version=9, storage_plugin=StoragePlugin[storage.upper()]) as writer:
        connections = [
            writer.add_connection(topic, 'std_msgs/msg/String', typestore=types)
            for topic in ('/a', '/b')
        ]
        for number in range(NUM_MESSAGES):
            text = rng.integers(97, 123, 100_000, dtype=np.uint8).tobytes().decode()
            message = types.types['std_msgs/msg/String'](data=text)
            data = bytes(types.serialize_cdr(message, 'std_msgs/msg/String'))
            connection = connections[number % 2]
            writer.write(connection, 1000 + number, data)
            written.append((connection.topic, 1000 + number, data))
    return path, written


def cut(folder, storage, share):
    file = folder / f'{folder.name}{SUFFIX[storage]}'
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])


def test_every_message_comes_once_and_by_time(write_bag, storage):
    path, written = write_bag(storage=storage)
    assert read_all(path) == (written, '')


def test_only_the_topics_asked_for_come(write_bag, storage, tiny):
    path, written = write_bag(storage=storage)
    wanted = [entry for entry in written if entry[0] in (tiny.clicks, '/tf')]
    assert read_all(path, [tiny.clicks, '/tf']) == (wanted, '')


def test_a_storage_file_alone_is_a_bag(write_bag, storage):
    path, written = write_bag(storage=storage)
    assert read_all(path / f'{path.name}{SUFFIX[storage]}') == (written, '')


@pytest.mark.parametrize('share', [0.3, 0.6, 0.95])
def test_a_cut_file_is_read_up_to_the_cut(large_bag, storage, share):
    path, written = large_bag
    cut(path, storage, share)
    found, damage = read_all(path)
    assert found == written[: len(found)]
    assert (share - 0.25) * NUM_MESSAGES < len(found) < NUM_MESSAGES
    assert 'ends early' in damage


def test_a_file_that_lost_its_index_alone_is_read_whole(large_bag):
    path, written = large_bag
    file = path / 'large.mcap'
    if file.exists():
        file.write_bytes(file.read_bytes()[:-100])
        found, damage = read_all(path)
        assert found == written and 'ends early' in damage


def test_a_bag_without_metadata_is_read_whole_and_says_so(large_bag):
    path, written = large_bag
    (path / 'metadata.yaml').unlink()
    assert read_all(path) == (written, 'metadata.yaml is missing')


def test_damaged_metadata_are_told(large_bag):
    path, written = large_bag
    (path / 'metadata.yaml').write_text('rosbag2_bagfile_information: [')
    assert read_all(path) == (written, 'metadata.yaml is damaged')


def test_damage_in_the_middle_ends_the_bag_there(large_bag, storage):
    path, written = large_bag
    file = path / f'large{SUFFIX[storage]}'
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400_000] = bytes(400_000)
    file.write_bytes(content)
    found, _ = read_all(path)
    assert 0 < len([entry for entry in found if entry in written]) < NUM_MESSAGES


def test_types_of_the_bag_are_read_without_knowing_them(tmp_path, storage):
    from rosbags.typesys import get_types_from_msg

    types = known_types()
    types.register(get_types_from_msg('int32 weight\nstring[] names', 'farm_msgs/msg/Cow'))
    with Writer(
        tmp_path / 'farm', version=9, storage_plugin=StoragePlugin[storage.upper()]
    ) as writer:
        connection = writer.add_connection('/cow', 'farm_msgs/msg/Cow', typestore=types)
        cow = types.types['farm_msgs/msg/Cow'](weight=700, names=['Elsa', 'Alma'])
        writer.write(connection, 5, types.serialize_cdr(cow, 'farm_msgs/msg/Cow'))
    (tmp_path / 'farm' / 'metadata.yaml').unlink()
    with open_bag(tmp_path / 'farm') as bag:
        (message,) = bag.messages()
        read = bag.read(message)
    assert (read.weight, read.names) == (700, ['Elsa', 'Alma'])


def test_what_is_no_bag_is_told_with_what_is_there(tmp_path):
    (tmp_path / 'notes.txt').write_text('milk')
    for path, words in [
        (tmp_path / 'nowhere', 'no bag at .*nowhere'),
        (tmp_path, 'needs .db3 or .mcap files, but holds notes.txt'),
        (tmp_path / 'notes.txt', 'give a folder, or a .db3 or .mcap file'),
    ]:
        with pytest.raises(InputError, match=words), open_bag(path):
            pass


def test_a_file_of_which_nothing_can_be_read_is_an_error(large_bag, storage):
    path, _ = large_bag
    (path / f'large{SUFFIX[storage]}').write_bytes(b'\x00' * 5000)
    with pytest.raises(InputError, match='no message can be read from .*large.*ends early'):
        read_all(path)


def test_a_message_that_is_no_message_is_named(write_bag, tiny):
    path, _ = write_bag()
    with open_bag(path) as bag:
        stored = next(bag.messages([tiny.clouds]))
        broken = type(stored)(topic=stored.topic, time_ns=stored.time_ns, data=stored.data[:30])
        with pytest.raises(InputError, match=f'{tiny.clouds} at .* is no sensor_msgs/msg/Point'):
            bag.read(broken)


def test_the_original_is_not_changed(write_bag, storage, tmp_path):
    path, _ = write_bag(storage=storage)
    shutil.copytree(path, tmp_path / 'copy')
    read_all(path)
    for file in path.iterdir():
        assert file.read_bytes() == (tmp_path / 'copy' / file.name).read_bytes()
