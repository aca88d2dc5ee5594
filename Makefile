# Two commands do everything: `make run` and `make test`.
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# What the lock files name and nothing else; wheels only, so that no package runs code to install.
# Extras stay in them: the pip of a fresh Python would look for `coverage[toml]` beyond the pinned coverage.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
LOCKS := -r requirements.lock -r tests/requirements.lock
COMPILE = $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-annotate --no-strip-extras --custom-compile-command "make lock"

# Where tests marked browser, slow or alone are (tests/conftest.py): others need not be read to find them. The installer,
# the longest of all, comes first, so that no worker waits for it in the end.
APART := tests/integration/project tests/browser

# One more than there are cores: these tests wait as well, for browsers, processes and answers.
WORKERS = $$(($$(getconf _NPROCESSORS_ONLN) + 1))

# Images of Python often set it: every process that a test starts would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run upgrade test test-plain test-browser test-fast test-thorough test-thorough-browser test-clock coverage lint hooks types fuzz chaos upgrades soak bench bench-quick bench-history presentations outage messages guide lock clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found. Install one, or name it: make run PYTHON=/path/to/python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: requirements.lock $(VENV)/.made
	@echo "Installing what the app is made of, once: a few minutes in which nothing more is said."
	$(INSTALL) -r requirements.lock
	$(BIN)/python -m face_rec.preflight
	@touch $@

# A developer's tools include uv, which installs all the rest in a quarter of pip's time and holds it to the same hashes.
# What it cannot reach (an index that pip's settings name), pip installs.
$(VENV)/.tools: tests/requirements.lock requirements.lock $(VENV)/.made
	awk '/^[a-z]/ {mine = /^uv==/} mine' tests/requirements.lock > $(VENV)/uv.lock
	$(INSTALL) -r $(VENV)/uv.lock
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes --only-binary :all: $(LOCKS) \
	  || $(INSTALL) $(LOCKS)
	$(BIN)/python -m face_rec.preflight
	@touch $(VENV)/.installed $@

run: $(VENV)/.installed ## set everything up and serve the app
	@exec $(BIN)/python app.py

upgrade: $(VENV)/.installed ## like run, but takes over from the process that serves: no kiosk is refused meanwhile
	@exec $(BIN)/python app.py --take-over

# The first two beside each other: tests without a browser leave a third of two cores idle while they wait, those with one
# next to nothing. `make test-plain test-browser` runs them one after the other, in half the memory.
test: lint types ## set everything up and run every test
	@$(MAKE) --no-print-directory --jobs 2 test-plain test-browser
	$(BIN)/python -m pytest -m alone $(APART)

test-plain: $(VENV)/.tools ## the tests that need neither a browser nor the installer
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not browser and not slow and not alone"

# What failed is remembered by the other stage alone, for test-fast: each would write over what the other has written.
test-browser: $(VENV)/.tools ## the tests with a browser or the installer, but for those that run alone
	$(BIN)/python -m pytest -p no:cacheprovider -n $(WORKERS) --dist loadgroup --no-loadscope-reorder -m "(browser or slow) and not alone" $(APART)

test-fast: $(VENV)/.tools ## for the loop at the desk: style, types, tests of single modules that take no second; failed ones first
	@$(BIN)/python -m ruff check -q .
	@$(BIN)/python -m ruff format --check -q .
	@$(BIN)/python -m mypy
	@$(BIN)/python -m pytest -q -r fE -n logical --dist worksteal --ff --hypothesis-profile fast \
	  -m "not heavy and not browser and not slow" tests/unit tests/test_architecture.py
	@echo "Left out: the pages, tests/integration, browsers, the installer, and most examples of each property. make test runs all."

test-thorough: $(VENV)/.tools ## all pictures, people and events where make test takes a sample
	$(BIN)/python -m pytest -n logical --dist worksteal --thorough -m "sampled and not browser and not slow"

test-thorough-browser: $(VENV)/.tools ## the tests with a browser or an installer that make test leaves to the night
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder --thorough -m "sampled and (browser or slow) and not alone" $(APART)
	$(BIN)/python -m pytest --thorough -m "sampled and alone" $(APART)

test-clock: $(VENV)/.tools ## the tests that read the machine's clock, at midnight, at the year's end, as summer time begins …
	$(BIN)/python -m tests.clock

coverage: $(VENV)/.tools ## which lines and branches the tests without a browser run; writes htmlcov/, fails below the floor
	$(BIN)/python -m pytest -q -n logical --dist worksteal -m "not browser and not slow" --cov --cov-report=term --cov-report=html

lint: $(VENV)/.tools ## style, spelling and known faults only
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m codespell_lib .
	$(BIN)/python -m bandit -q -ll -r app.py config.py face_rec pages

hooks: $(VENV)/.tools ## check every commit before it is made (pre-commit)
	$(BIN)/python -m pre_commit install

types: $(VENV)/.tools ## types only
	$(BIN)/python -m mypy --num-workers auto

FUZZED = tests/fuzz $$(find tests -name 'test_*_states.py')
fuzz: $(VENV)/.tools ## what nobody should send or write, 6,000 cases for each reader, 600 for the API; and orders of faults, thousands for each state machine
	$(BIN)/python -m pytest -q -n logical --dist worksteal --hypothesis-profile long --timeout 0 $(FUZZED)

chaos: $(VENV)/.tools ## faults of every kind, against each deployment, until a mark is lost: SEED=, ROUNDS= each, or MINUTES=, ROW= one of them, RESULTS= a file that sums up runs, WRITES=off judges marks alone
	$(BIN)/python -m tests.chaos

upgrades: $(VENV)/.tools ## one process takes over from another while people are marked, ten times (ROUNDS=; PROXY=nginx: behind it): what was lost, and the longest gap
	$(BIN)/python -m tests.upgrades

soak: $(VENV)/.tools ## kiosks, pages and readers of the API for half an hour (MINUTES=): does anything grow?
	$(BIN)/python -m tests.soak

bench: $(VENV)/.tools ## measure; prints a table, writes tests/benchmarks/results.json
	$(BIN)/python -m tests.benchmarks

bench-quick: $(VENV)/.tools ## the same in two minutes
	$(BIN)/python -m tests.benchmarks --quick

bench-history: $(VENV)/.tools ## add the last measurement to tests/benchmarks/history.jsonl; prints a table by commit
	@$(BIN)/python -m tests.benchmarks.history add
	@$(BIN)/python -m tests.benchmarks.history show

presentations: $(VENV)/.tools ## render presentation attacks for evaluate-liveness from ../shared: OUT= a new folder, SEED=, CLIPS= of each species
	$(BIN)/python -m tests.presentations $(OUT) --seed $(or $(SEED),0) --clips $(or $(CLIPS),150)

outage: $(VENV)/.tools ## kill the server for ten minutes in which thirty people come (make outage MINUTES=1 PEOPLE=4); takes a quarter of an hour
	MINUTES=$(MINUTES) PEOPLE=$(PEOPLE) $(BIN)/python -m pytest -q -s tests/browser/kiosk/outage.py

messages: $(VENV)/.tools ## bring the catalogues of all languages up to date; names what is not translated
	$(BIN)/python -m tests.messages

PACK ?= ../shared/models/buffalo_sc
guide: $(VENV)/.tools ## take the guide's pictures anew from the running app (PACK= a folder of a model pack) and build it as a site in htmlguide/; PICTURES=off: build only
	@test "$(PICTURES)" = off || $(BIN)/python -m tests.browser.support.pictures $(PACK) --pages
	@$(BIN)/python -m tests.guide_site htmlguide

lock: $(VENV)/.tools ## write the lock files anew from requirements.txt and pyproject.toml (make lock UPGRADE=--upgrade: the newest allowed)
	$(COMPILE) $(UPGRADE) requirements.txt -o requirements.lock
	$(COMPILE) $(UPGRADE) --group test -c requirements.lock -o tests/requirements.lock
	$(COMPILE) $(UPGRADE) --group release -o .github/scripts/requirements.lock

clean: ## remove the virtual environment and caches (never data/)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .coverage* htmlcov htmlguide
