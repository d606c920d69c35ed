# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How alike two spellings are."""

from __future__ import annotations


def spelling_similarity(first: str, second: str) -> float:
    """One minus the share of letters that are slips.

    A slip is a letter missing, added or changed, or two neighbours swapped. `difflib` counts a
    swap as two and so takes 'handel' for no nearer to 'handle' than 'point' to 'pointer'.

    Args:
        first: At least one letter.
        second: At least one letter.

    Returns:
        1 if they are equal, 0 if nothing agrees.

    Source:
        Optimal string alignment distance, over the length of the longer word.
    """
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        before_last, before, row = before, row, [i]
        for j, other in enumerate(second, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and (letter, first[i - 2]) == (second[j - 2], other):
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
    return 1.0 - row[-1] / max(len(first), len(second))
