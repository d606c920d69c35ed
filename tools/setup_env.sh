#!/bin/sh
# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
# Find a Python that fits and run setup_env.py with it. The variable PYTHON names one.

candidates=${PYTHON:-python3 python3.13 python3.12 python3.11 python3.10}
fits='import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))'

for candidate in $candidates; do
    if "$candidate" -c "$fits" 2>/dev/null; then
        exec "$candidate" -I "$(dirname "$0")/setup_env.py"
    fi
done

echo "setup: Python 3.10 to 3.13 is needed; found:" >&2
for candidate in $candidates; do
    echo "  $candidate: $("$candidate" --version 2>&1 | tail -n 1)" >&2
done
echo "setup: install one that fits, or name it: make PYTHON=/usr/bin/python3.12 setup" >&2
exit 1
