PYTHON ?= python3
BIN := .venv/bin
# Two at once: each worker has a database cluster of its own, and modules stay whole.
TEST_WORKERS ?= 2
# Where Debian keeps nginx and clamd; an ordinary account's path does not say so.
export PATH := $(PATH):/usr/sbin:/sbin

.PHONY: help setup run test check format i18n bench

help:  ## this list
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

.venv/.runtime: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.development: .venv/.runtime requirements-dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.venv/.catalogues: .venv/.runtime $(wildcard translations/*/LC_MESSAGES/messages.po)
	@$(BIN)/python translations/catalogues.py --compile
	@touch $@

setup: .venv/.runtime .venv/.catalogues  ## only the environment, in .venv

run: setup  ## everything: environment, database, demonstration data on the first run, the application on 127.0.0.1:8080
	@$(BIN)/python run.py init
	@$(BIN)/python run.py demo --if-empty
	@exec $(BIN)/python run.py

test: .venv/.development .venv/.catalogues  ## every test; installs and starts what it needs
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/install.sh
	@$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadscope

check: .venv/.development .venv/.catalogues  ## ruff, mypy, catalogues
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python translations/catalogues.py --check

format: .venv/.development  ## ruff's formatter
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

i18n: .venv/.development  ## extract and update the catalogues
	@$(BIN)/python translations/catalogues.py

.venv/.bench: .venv/.development requirements-bench.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

bench: .venv/.bench .venv/.catalogues  ## measurements on 1,000,000 petitions beside Django's admin; BENCH_PETITIONS, BENCH_PARTS="list search --only-ours"
	@$(BIN)/python -m tests.bench $(BENCH_PARTS)
