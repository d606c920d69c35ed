# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The file of published results is sound, and a bad one is refused."""

import math
import re

import pytest
import yaml

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.table import LAYOUTS
from part_seg_ros.evaluation.published_results import (
    FILE,
    published_tables,
    read_published_tables,
)
from part_seg_ros.evaluation.simulated_users import CLICK_PROTOCOLS

TABLES = read_published_tables()
SYSTEMS = {'Point-SAM', 'PartSAM', 'S2AM3D', 'GeoSAM2', 'SegviGen'}


@pytest.mark.parametrize('table', TABLES, ids=lambda t: f'{t.title}, {t.dataset}')
def test_every_table_has_a_source_and_figures_in_percent(table):
    assert table.source in SYSTEMS
    assert table.source in table.citation
    assert table.place and table.note
    assert table.dataset in LAYOUTS
    assert table.protocol in {'clicks', 'parts', 'proposals', 'few_shot'}
    assert (table.clicks in CLICK_PROTOCOLS) == (table.protocol == 'clicks')
    columns = {tuple(row) for row in table.rows.values()}
    assert len(columns) == 1
    if table.protocol == 'clicks':
        assert all(column.startswith('IoU@') for column in next(iter(columns)))
    figures = [value for row in table.rows.values() for value in row.values()]
    assert all(1.0 < value < 100.0 for value in figures if not math.isnan(value))
    # More clicks never were worse in any of them; a slip of a row would show here.
    if table.protocol == 'clicks':
        for row in table.rows.values():
            known = [value for value in row.values() if not math.isnan(value)]
            assert known == sorted(known)


def test_every_source_and_system_is_used():
    record = yaml.safe_load(FILE.read_text())
    assert {entry['source'] for entry in record['tables']} == set(record['sources'])
    assert {table.source for table in TABLES} == SYSTEMS
    methods = {method.split(' (')[0].split(',')[0] for t in TABLES for method in t.rows}
    assert methods >= SYSTEMS
    titles = [(t.title, t.dataset, t.protocol) for t in TABLES]
    assert len(titles) == len(set(titles))


def in_order(figures, between):
    """Pattern of figures one after the other; a scan of a page may have lost decimal points."""
    known = [figure for figure in figures if not math.isnan(figure)]
    forms = [
        [f'{figure:.{digits}f}'.replace('.', r'\.?') for figure in known] for digits in (1, 2)
    ]
    return '|'.join(rf'(?<![\d.]){between.join(form)}(?!\d)' for form in forms)


@pytest.mark.parametrize('table', TABLES, ids=lambda t: f'{t.title}, {t.dataset}')
def test_figures_stand_in_the_papers_row_by_row_or_column_by_column(shared_path, table):
    folders = (shared_path / 'papers', shared_path / 'specs')
    texts = ' '.join(path.read_text() for folder in folders for path in sorted(folder.iterdir()))
    rows = [list(row.values()) for row in table.rows.values()]
    by_row = [re.search(in_order(row, r'\D{1,40}'), texts) for row in rows]
    columns = list(zip(*rows, strict=True))
    by_column = [re.search(in_order(c, r'(?:.|\n){1,80}?'), texts) for c in columns]
    of_prose = table.place == 'Sec. 4.2.1' and all(
        re.search(in_order(r, '.*'), texts) for r in rows
    )
    assert all(by_row) or all(by_column) or of_prose


def test_tables_are_found_by_protocol_data_set_and_user():
    point_sam = published_tables('clicks', 'partnet_mobility', clicks='point_sam')
    assert [table.title for table in point_sam] == ['Point-SAM, Table 3']
    assert point_sam[0].rows['MV-SAM'] == {
        'IoU@1': 29.3,
        'IoU@3': 57.0,
        'IoU@5': 69.7,
        'IoU@7': 74.3,
        'IoU@10': 76.9,
    }
    assert math.isnan(
        published_tables('clicks', 's3dis', clicks='point_sam')[0].rows['InterObject3D++']['IoU@7']
    )
    assert published_tables('clicks', 'partnet_mobility', clicks='segvigen') == []
    assert published_tables('parts', 'parts16_dev') == []
    assert {table.source for table in published_tables('parts', 'partnet_e')} == {
        'PartSAM',
        'S2AM3D',
        'GeoSAM2',
    }


GOOD = {
    'sources': {'a': {'name': 'A', 'citation': 'A et al. 2020'}},
    'tables': [
        {
            'source': 'a',
            'place': 'Table 1',
            'protocol': 'parts',
            'dataset': 'x',
            'average': 'per part',
            'note': 'n',
            'columns': ['mIoU', 'other'],
            'rows': {'M': [1.5, None]},
        }
    ],
}


def test_a_table_is_read(tmp_path):
    path = tmp_path / 'results.yaml'
    path.write_text(yaml.safe_dump(GOOD))
    (table,) = read_published_tables(path)
    assert (table.title, table.clicks) == ('A, Table 1', '')
    assert table.remark == 'Mean per part; n. A et al. 2020.'
    assert table.rows['M']['mIoU'] == 1.5 and math.isnan(table.rows['M']['other'])


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'source': 'b'}, 'b'),
        ({'source': None}, 'None'),
        ({'place': ''}, 'place of a must be a text'),
        ({'note': 3}, 'note of a must be a text, got 3'),
        ({'average': 'mean'}, 'average must be one of'),
        ({'rows': {'M': [1.0]}}, 'M must have a percentage for each'),
        ({'rows': {'M': [1.0, 100.5]}}, 'M must have a percentage for each'),
        ({'rows': {'M': [1.0, 'many']}}, 'many'),
    ],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path, changes, message):
    path = tmp_path / 'results.yaml'
    path.write_text(yaml.safe_dump({**GOOD, 'tables': [{**GOOD['tables'][0], **changes}]}))
    with pytest.raises(InputError, match=f'another layout.*{message}'):
        read_published_tables(path)


@pytest.mark.parametrize('text', ['{', '[]', 'tables: []', 'sources: {}'])
def test_files_of_another_layout_are_refused(tmp_path, text):
    path = tmp_path / 'results.yaml'
    path.write_text(text)
    with pytest.raises(InputError, match='another layout'):
        read_published_tables(path)
