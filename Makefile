# Python 3.11+ and make are all that is needed. `make` lists the commands.
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
ONLY ?=
MORE ?= 20

VENV := .venv
PY := $(VENV)/bin/python
export PORT

# A stamp names the content of the requirements it stands for: changed requirements are installed, nothing else is.
RUNTIME := $(VENV)/.runtime-$(shell cksum < requirements.txt | cut -d' ' -f1)
TOOLS := $(VENV)/.tools-$(shell cat requirements.txt requirements-dev.txt | cksum | cut -d' ' -f1)
# These commands own their database: they make it, and read it past row security.
WITH := env DATABASE_LOGIN=owner $(PY) -m config.embedded with --name

.DEFAULT_GOAL := help
.PHONY: help install run services status stop reset demo demo-streak demo-live demo-faces backup verify test faults mutants lint lint-project format messages bench clean

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(TOOLS)  ## Make .venv and install the pinned requirements, tools included

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(PY) -m matching.engine.warm
	@rm -f $(VENV)/.runtime-* && touch $@

$(TOOLS): | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@$(PY) -m matching.engine.warm
	@rm -f $(VENV)/.tools-* $(VENV)/.runtime-* && touch $@ $(RUNTIME)

run: $(RUNTIME)  ## Run the whole stack on http://127.0.0.1:8000 (PORT=); Ctrl-C stops it
	@$(PY) -m config.run start

services: $(RUNTIME)  ## Start only the embedded PostgreSQL and Redis, detached
	@$(PY) -m config.embedded start

status: $(RUNTIME)  ## Say which embedded servers run
	@$(PY) -m config.embedded status || true

stop: $(RUNTIME)  ## Stop the stack and the embedded servers
	@$(PY) -m config.run stop

reset: stop  ## Stop everything and delete the data of `make run`
	@$(PY) -m config.embedded reset

demo: $(RUNTIME)  ## Watch two people walk from opt-in to mutual reveal
	@$(PY) -m tests.e2e.walk

demo-streak: $(RUNTIME)  ## Watch two people walk from discovery through fifteen days, on a clock that is moved
	@$(PY) -m tests.e2e.streak_walk

demo-live: $(RUNTIME)  ## Watch strangers meet in the queue, talk, and decide at the gates, in faster minutes
	@$(PY) -m tests.e2e.live_walk

demo-faces: $(RUNTIME)  ## Watch two people meet by their faces, from an upload to a baby, and take it back
	@$(PY) -m tests.e2e.faces_walk

backup: $(RUNTIME)  ## Back up the data of `make run`
	@$(WITH) dev -- $(PY) manage.py connect_schema backup

verify: $(RUNTIME)  ## Hold the database of `make run` against what the models declare
	@$(WITH) dev -- $(PY) manage.py connect_schema verify

test: $(TOOLS)  ## Run the tests on servers of their own (ARGS= for pytest)
	@$(WITH) test -- $(PY) -m pytest -n 2 --dist worksteal $(ARGS)

faults: $(TOOLS)  ## Run the tests of what it survives at length (MORE= times the usual number of calls)
	@$(WITH) test -- env MORE=$(MORE) $(PY) -m pytest -n 2 --dist worksteal tests/faults $(ARGS)

mutants: $(TOOLS)  ## Switch off each protection in turn; the tests have to go red for every one
	@$(WITH) test -- $(PY) -m tests.mutants

lint: $(TOOLS)  ## Check style, types, layers, migrations and the API schema
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	@$(WITH) test -- $(MAKE) --no-print-directory lint-project

lint-project:
	$(PY) -m mypy .
	$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py spectacular --validate --fail-on-warn --file /dev/null

format: $(TOOLS)  ## Put the code into shape
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

messages: $(TOOLS)  ## Bring the translations up to what the code says and compile them
	@$(WITH) test -- $(PY) manage.py catalogs

bench: $(TOOLS)  ## Measure against references (ONLY=charts, chat, api, protection, streaks, start, ...)
	@$(WITH) bench -- $(PY) -m bench $(ONLY)

clean: $(RUNTIME)  ## Delete what tests, benchmarks and tools leave behind; the data of `make run` stays
	@$(PY) -m config.embedded reset --name test
	@$(PY) -m config.embedded reset --name bench
	@env VAR_DIR="$${VAR_DIR:-var}/streak" $(PY) -m config.embedded reset --name fresh
	@env VAR_DIR="$${VAR_DIR:-var}/live" $(PY) -m config.embedded reset --name fresh
	@env VAR_DIR="$${VAR_DIR:-var}/faces" $(PY) -m config.embedded reset --name fresh
	rm -rf "$${VAR_DIR:-var}/streak" "$${VAR_DIR:-var}/live" "$${VAR_DIR:-var}/faces"
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
