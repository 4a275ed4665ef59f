# The commands of feedmill. `make help` lists them.
# Needs Python 3.11 to 3.13 and make; everything else is installed into .venv from requirements/,
# where every package is pinned and checked by its hash.

PYTHON ?= $(shell for python in python3.12 python3.13 python3.11 python3; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CONFIG ?= sources.yaml
MINUTES ?= 30

.DEFAULT_GOAL := help
.PHONY: help run test check bench bench-peers soak models test-compose fmt lock schema clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: $(VENV)/run.stamp ## set up, ingest the sources of sources.yaml once, show the articles
	@$(BIN)/feedmill run --once $(CONFIG)

test: $(VENV)/dev.stamp ## set up and run every test this machine can run
	@$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/dev.stamp ## format, lint, types, imports and unit tests: under a minute
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --verbose >/dev/null || $(BIN)/lint-imports
	@$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not slow and not compose" -r fE

bench: $(VENV)/dev.stamp ## list the benchmarks; run one with: .venv/bin/python -m bench NAME
	@$(BIN)/python -m bench

soak: $(VENV)/dev.stamp ## MINUTES=30 at 80 % load, something killed every 20 seconds
	@$(BIN)/python -m bench soak --json --minutes $(MINUTES)

bench-peers: $(VENV)/bench.stamp ## install the other extractors that benchmarks compare with

test-compose: $(VENV)/dev.stamp ## build, start and try the containers (needs a Docker engine)
	@docker info >/dev/null 2>&1 || { echo "make test-compose needs a running Docker engine: 'docker info' fails here."; exit 1; }
	@$(BIN)/python -m pytest tests/compose -m compose -s

fmt: $(VENV)/dev.stamp ## format the code and mend what the linter can mend
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

schema: $(VENV)/dev.stamp ## write the JSON Schemas of the article and of the sources file anew
	@$(BIN)/python -m feedmill.article > docs/schema/article-1.schema.json
	@$(BIN)/python -m feedmill.config > docs/schema/sources.schema.json

models: $(VENV)/train.stamp ## train the models of the workers anew (needs ../shared/data; ten minutes)
	@$(BIN)/python -m training html && $(BIN)/python -m training plaintext

lock: ## resolve the dependencies anew into requirements/*.txt
	@$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/python -m pip --quiet install uv
	@UV="$(VENV)/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command 'make lock'"; \
	OURS="--extra all pyproject.toml requirements/build.in"; \
	eval $$UV $$OURS -o requirements/run.txt && \
	eval $$UV $$OURS --group dev -c requirements/run.txt -o requirements/dev.txt && \
	for name in bench train; do \
	  eval $$UV requirements/$$name.in --only-binary :all: --override requirements/run.txt \
	    --override requirements/dev.txt -o requirements/$$name.txt || exit 1; \
	done
	@rm -rf $(VENV)/lock

clean: ## remove what was installed and built; the articles in .feedmill stay
	@rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "feedmill needs Python 3.11, 3.12 or 3.13 with venv (on Debian: apt install python3-venv)."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing the pinned packages into $(VENV) (once; about a minute) ..."
	@$(PIP) install --require-hashes --requirement requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp | $(VENV)/bin/python
	@echo "Installing the pinned packages for development (once) ..."
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@

$(VENV)/train.stamp: requirements/train.txt $(VENV)/dev.stamp | $(VENV)/bin/python
	@echo "Installing what training needs (once) ..."
	@$(PIP) install --require-hashes --no-deps --only-binary :all: --requirement requirements/train.txt
	@touch $@

# Without looking at what they depend on: the file is whole, and holds our own pins where theirs differ.
$(VENV)/bench.stamp: requirements/bench.txt $(VENV)/dev.stamp | $(VENV)/bin/python
	@echo "Installing the other extractors (once) ..."
	@$(PIP) install --require-hashes --no-deps --only-binary :all: --requirement requirements/bench.txt
	@touch $@
