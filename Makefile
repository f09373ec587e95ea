# Two commands do everything: `make demo` and `make test`. Neither asks anything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test test-engines test-engines-all test-notebooks outputs calibrate bench bench-large bench-room pictures torture clean

demo: $(VENV)/.installed ## import the example company, make its report, print the paths
	$(BIN)/samenspel demo demo

test: $(VENV)/.installed-dev ## lint, types, layers, tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-engines: .venv-spark/.installed ## questions on Spark (Java 17) and in other dialects, in an environment of its own
	.venv-spark/bin/python -m pytest -n 2 --dist loadfile tests/engines

test-engines-all: .venv-spark/.installed ## all seven questions there (ten minutes)
	SAMENSPEL_ENGINES=full .venv-spark/bin/python -m pytest tests/engines

test-notebooks: $(VENV)/.installed-dev ## every notebook on every workspace in both languages, under papermill and nbval (an hour)
	SAMENSPEL_NOTEBOOKS=full $(BIN)/python -m pytest -n 2 tests/notebooks/test_grid.py

outputs: $(VENV)/.installed-dev ## the outputs that notebooks keep, to be compared in the tests
	$(BIN)/python docs/make_outputs.py

calibrate: $(VENV)/.installed-dev ## the simulations in full (minutes), and their table
	SAMENSPEL_CALIBRATE=full $(BIN)/python -m pytest -m slow -n 2
	$(BIN)/python docs/make_calibration.py

bench: $(VENV)/.installed-dev ## the figures that the README quotes, side by side
	$(BIN)/python benchmarks/import_million.py
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/beside.py
	$(BIN)/python benchmarks/reports.py
	$(BIN)/python benchmarks/batch.py

bench-large: $(VENV)/.installed-dev ## the seven questions over up to ten million leads, drawn (3 GB of disk, half an hour)
	$(BIN)/python benchmarks/scale.py --sizes 10000 100000 1000000 10000000 --chart docs/images/scale.svg

bench-room: $(VENV)/.installed-dev ## 100 phones in a room: how fast an answer is on disk
	$(BIN)/python benchmarks/room.py

pictures: $(VENV)/.installed-dev ## the pictures in the README and in the facilitator's guide, from the real thing
	$(BIN)/python docs/make_pictures.py
	$(BIN)/python docs/make_screenshots.py

torture: $(VENV)/.installed-dev ## every fault at every write point, and all else that breaks things (some hours)
	SAMENSPEL_TORTURE=full $(BIN)/python -m pytest -n 2 --dist loadfile tests/torture tests/exporting tests/security tests/offline tests/crm/test_torture.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable .
	touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	touch $@ $(VENV)/.installed

.venv-spark/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-spark
	.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[spark,postgres]' 'pytest>=9' 'pytest-xdist>=3.8'
	touch $@

clean:
	rm -rf $(VENV) .venv-spark demo dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
