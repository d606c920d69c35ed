# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg view`: a page in the browser, on which one clicks on an object and sees its parts."""

from __future__ import annotations

import argparse
import logging
from typing import Any

from part_seg_ros.cli.model_options import (
    add_input_options,
    add_model_options,
    build_segmenter,
    in_region,
    read_input,
)
from part_seg_ros.errors import BackendMissingError


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command's options."""
    parser = subparsers.add_parser(
        'view',
        description='A page in the browser: click on a part, correct by clicks off it, ask for a'
        ' name or for every part, save. Systems that look at rendered views show them beside the'
        ' object; a click there, or a box drawn with the mouse, prompts them too.',
    )
    add_input_options(parser)
    parser.add_argument(
        '--host',
        default='127.0.0.1',
        help='address to serve at; 0.0.0.0 lets other machines see the page, who may then ask'
        ' for parts as well (default: %(default)s)',
    )
    parser.add_argument('--port', type=int, default=8050, help='(default: %(default)s)')
    add_model_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Encode the object and serve the page until Ctrl-C.

    Raises:
        BackendMissingError: the package dash is missing.
    """
    try:
        import dash  # noqa: F401
    except ModuleNotFoundError as error:
        raise BackendMissingError('the page needs the package dash: pip install dash') from error
    from part_seg_ros.viewer.board import Board
    from part_seg_ros.viewer.page import make_page

    file = read_input(args)
    board = Board(build_segmenter(args), in_region(file.cloud, args.region))
    page = make_page(board, file)
    logging.getLogger('werkzeug').setLevel(logging.WARNING)  # a line for every request
    print(f'http://{args.host}:{args.port} shows {args.file}; Ctrl-C ends it')
    page.run(host=args.host, port=args.port, debug=False)
    return 0
