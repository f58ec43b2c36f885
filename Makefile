# Reportedly: every target installs what it needs first.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FEEDS ?=
SUBSCRIBERS ?=
WATCHES ?=
T ?= tests
JOBS ?= 4
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install demo up test quick stories gold judge faults faults-tests hostile bench sbom soak pictures check format lint typecheck schemas requirements test-compose test-scaling clean

help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[1m%-14s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST) | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi

install: $(STAMP) ## Make .venv with the hash-pinned packages

# The pinned packages are complete (`pip check` at the end sees to it), so pip need not work out what each depends on.
# It would also warn of extras: older ones don't know that `html_clean` is `html-clean`.
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-deps
COUNTED = n=0; while read -r word package _; do case $$word in \
	Collecting) n=$$((n + 1)); [ ! -t 1 ] || printf '\r     %3d  %-50.50s' $$n "$$package";; \
	Installing) [ ! -t 1 ] || printf '\r%60s\r' ''; echo "     all are here after $$SECONDS s; now they are unpacked";; esac; done

$(STAMP): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' || { echo "Python 3.11, 3.12 or 3.13 is needed; set PYTHON=/path/to/one" >&2; exit 2; }
	@echo "Installing into $(VENV)/: once, a minute or two (200 MB to download, 800 MB on disk)"
	@echo "1/4  make $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@echo "2/4  fetch $$(grep -c '==' requirements-dev.txt) packages, each checked by its hash"
	@set -o pipefail; $(PIP_INSTALL) --progress-bar off --require-hashes -r requirements-dev.txt | { $(COUNTED); }
	@echo "3/4  install Reportedly itself"
	@$(PIP_INSTALL) -q --no-build-isolation -e .
	@echo "4/4  check that every package has what it needs"
	@$(BIN)/python -m pip check --disable-pip-version-check | sed 's/^/     /'; exit $${PIPESTATUS[0]}
	@touch $@

demo: $(STAMP) ## Play the bundled story through the whole system on real engines
	$(BIN)/reportedly demo

up: $(STAMP) ## Run everything until Ctrl-C: make up FEEDS=examples/feeds.opml WATCHES=examples/watches.yaml
	$(BIN)/reportedly up $(addprefix --feeds ,$(FEEDS)) $(addprefix --subscribers ,$(SUBSCRIBERS)) $(addprefix --watches ,$(WATCHES))

# Tests wait half of the time, so there are more processes than the two cores that all of this is made for.
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder

test: $(STAMP) ## Run the tests, engines included, without the slowest laws; narrow with T=tests/unit
	$(PYTEST) -m "not faults and not slow and not browser" $(T)

quick: $(STAMP) ## Format, lint, types, and the unit tests that need no engine: before every commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	TEST_PROFILE=quick $(PYTEST) -n 4 -q -m "not faults and not slow and not engines and not model" tests/unit tests/contract

stories: $(STAMP) ## Measure claims and alerts on the gold stories: make stories ARGS="--errors 20"
	PYTHONPATH=tests $(BIN)/python -m stories $(ARGS)

gold: $(STAMP) ## Measure the tagger on the gold articles: make gold ARGS="--errors 20"
	PYTHONPATH=tests:. $(BIN)/python -m gold $(ARGS)

judge: $(STAMP) ## Draw a blind sample to judge, or read it back: make judge ARGS="articles.jsonl"
	PYTHONPATH=. $(BIN)/python -m bench.judge $(ARGS)

test-compose: $(STAMP) ## Run the compose system from nothing to an alert, with 1, 2, 3 taggers, and with wrong passwords (needs Docker with the compose plugin)
	PYTHONPATH=tests:. $(BIN)/python tests/e2e/compose/run.py

test-scaling: $(STAMP) ## Scale the compose system in mid-story: same claims, same alerts (ten minutes)
	PYTHONPATH=tests:. $(BIN)/python tests/e2e/compose/scale_story.py $(ARGS)

faults: $(STAMP) ## Play seeded schedules of faults on real engines: make faults ARGS="--schedules 200" (resumable)
	PYTHONPATH=tests:. $(BIN)/python -m faults $(ARGS)

faults-tests: $(STAMP) ## Run the tests that kill services and engines in turn (half an hour)
	$(BIN)/python -m pytest -m faults $(T)

fuzz: $(STAMP) ## Feed odd bytes to every parser that meets the outside: make fuzz ARGS="--target query"
	PYTHONPATH=tests:. $(BIN)/python -m bench.fuzz $(ARGS)

hostile: $(STAMP) ## Attack one running system with hostile feeds and receivers (5 minutes): make hostile ARGS="--minutes 1"
	$(BIN)/python -m bench.hostile_live $(ARGS)

bench: $(STAMP) ## Run every bench, with one report (hours, resumable): make bench ARGS="--only tag --quick"
	$(BIN)/python -m bench.report $(ARGS)

soak: $(STAMP) ## Run a system for an hour and a half: no process may keep growing: make soak ARGS="--minutes 20"
	$(BIN)/python -m bench.soak $(ARGS)

pictures: $(STAMP) ## Draw every page of the console from the demo (needs Chromium): make pictures ARGS="--only live"
	$(BIN)/python bench/console.py docs/images/console $(ARGS)

# Types are checked beside the tests, which wait half of the time.
check: $(STAMP) ## Format, lint, types, generated files, and all tests with the slowest laws: what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/reportedly schemas check
	@$(BIN)/mypy > .mypy.out 2>&1 & types=$$!; trap "kill $$types" INT TERM; \
	$(PYTEST) -m "not faults" $(T); tests=$$?; wait $$types; types=$$?; \
	echo "types:"; cat .mypy.out; exit $$((tests || types))

format: $(STAMP) ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(STAMP) ## Lint the code
	$(BIN)/ruff check .

typecheck: $(STAMP) ## Check the types
	$(BIN)/mypy

schemas: $(STAMP) ## Write the generated schemas, templates, dashboards, and the page of metrics
	$(BIN)/reportedly schemas write
	$(BIN)/reportedly metrics --markdown > docs/metrics.md
	$(BIN)/python deploy/kibana/build.py

sbom: $(STAMP) ## Write the software bill of materials (CycloneDX) to sbom.cdx.json
	$(BIN)/python -m bench.sbom > sbom.cdx.json

requirements: $(STAMP) ## Pin all packages anew by hash (needs uv on PATH)
	uv pip compile -q --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml -o requirements.txt
	uv pip compile -q --generate-hashes --no-annotate --no-header --python-version 3.11 --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean: ## Remove .venv and .reportedly, with all that was collected; the engines stay in ~/.cache/reportedly
	rm -rf $(VENV) .reportedly
