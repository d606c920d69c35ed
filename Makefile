# Everything happens in .venv, which `make setup` (part of every other target) brings up to date.
# PYTHON=... chooses the interpreter; ARGS=... is handed to the demo or to pytest.

in_venv = . ./.venv/setup.sh &&

.PHONY: setup demo test lint clean

setup:
	@PYTHON='$(PYTHON)' tools/setup_env.sh

demo: setup
	@.venv/bin/part-seg demo $(ARGS)

test: setup
	@$(in_venv) python -m pytest $(ARGS)

lint: setup
	@$(in_venv) ruff format --check .
	@$(in_venv) ruff check .
	@$(in_venv) mypy
	@$(in_venv) python -m pytest -q tests/unit/test_import_direction.py

clean:
	rm -rf .venv
