# Servewell. Every task makes what it needs first; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
export ORT_DISABLE_TELEMETRY := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

V := .venv/bin
DIST := src/servewell/site/dist/index.html
FRONT_SOURCES := $(shell find frontend -path frontend/node_modules -prune -o -type f -print 2>/dev/null)
JOBS ?= 2
PORT ?= 8000
PYTEST := $(V)/python -m pytest

.PHONY: help demo up dev test test-all test-unit test-service test-browser test-acceptance check format docs bench bench-mining bench-entry bench-intake screens clean setup setup-test

help: ## list the tasks
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

demo: setup ## a made-up shop with 90 days of history, in one command (PORT=8001 for another port)
	@$(V)/servewell up --demo --port $(PORT) --data "$${SERVEWELL_DATA:-var/demo}"

up: setup ## run Servewell for real
	@$(V)/servewell up --port $(PORT)

dev: setup frontend/node_modules/.ready ## the demo with live reload of the front end on port 5173
	@bin/dev

test: setup-test ## all tests but the very long ones
	@bin/test

test-unit: setup-test ## tests without a database
	$(PYTEST) tests/unit -m "not slow" -n $(JOBS)

test-service: setup-test ## tests on a real PostgreSQL
	$(PYTEST) tests/service -m "not slow" -n $(JOBS)

test-browser: setup-test ## tests in a real Chromium
	$(PYTEST) tests/browser -m "not slow"

test-acceptance: setup-test ## the whole system, with faults
	$(PYTEST) tests/acceptance -m "not slow"

test-all: setup-test ## everything, hours of it
	@bin/test --all

check: setup-test ## format, lint, types, contracts, generated documents
	@bin/check

format: setup-test ## put the code into its form
	$(V)/ruff format .
	$(V)/ruff check --fix .

docs: setup-test ## write the generated documents anew
	$(V)/python -m servewell.site.docs

bench: bench-entry bench-mining bench-intake ## every benchmark, side by side with its peers

bench-mining: setup-test ## mining: PM4Py beside ours at 1 M and 5 M events
	$(V)/python benchmarks/mining.py

bench-entry: setup-test ## the web entry: our bridge, plain WSGI, Django ASGI
	$(V)/python benchmarks/entry.py

bench-intake: setup-test ## the inbox, the ways in and search, at up to a million, beside django-helpdesk
	$(V)/python benchmarks/intake.py
	$(V)/python benchmarks/intake_search.py
	$(V)/python benchmarks/intake_channels.py

screens: setup-test ## contact sheets of every page into docs/screens
	$(V)/python tools/screens.py

clean: ## remove what was built (the data folder stays)
	rm -rf .venv .node frontend/node_modules src/servewell/site/dist build dist benchmarks/.peers benchmarks/data
	find . -name __pycache__ -prune -exec rm -rf {} +

setup: .venv/.ready $(DIST)

setup-test: .venv/.test-ready $(DIST) frontend/node_modules/.ready
	@bin/system-packages

.venv/.ready: requirements.txt pyproject.toml bin/python-env
	@bin/python-env requirements.txt
	@touch $@

.venv/.test-ready: requirements-test.txt .venv/.ready
	@bin/python-env requirements-test.txt
	@touch $@

frontend/node_modules/.ready: frontend/package-lock.json frontend/.npmrc bin/npm | .venv/.ready
	@bin/npm ci --no-progress --loglevel=error
	@touch $@

$(DIST): $(FRONT_SOURCES) frontend/node_modules/.ready
	@echo "Building the front end ..."
	@bin/npm run --silent build
	@touch $@
