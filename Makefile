# mamoru: `make` prints this list. Everything happens in .venv; no root, no server is needed.
PYTHON ?= python3
BIN := .venv/bin
ROOM ?=
# One more than the cores of a small machine: much of a test is waiting for its servers.
WORKERS ?= 3
# A machine may forbid Python to keep what it has compiled: then each process of ours compiles
# everything anew, for many times as long as it runs.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test sweep check lint fix run bench docs journey clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/.product: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/.tools: requirements-dev.lock .venv/.product
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

setup: .venv/.tools  ## make .venv with the test tools

demo: .venv/.product  ## the sample company on http://127.0.0.1:8000, with whom to sign in as
	$(BIN)/mamoru demo

run: .venv/.product  ## the same, kept in ./demo between runs
	$(BIN)/mamoru demo --folder demo

test: .venv/.tools  ## the tests, of sweeps a stated sample (ROOM=cases for one room)
	$(BIN)/python -m pytest -q -n $(WORKERS) $(if $(ROOM),tests/$(ROOM))

sweep: .venv/.tools  ## the sweeping tests whole: of their points `make test` takes a sample
	MAMORU_SWEEP=all $(BIN)/python -m pytest -q -n $(WORKERS) -m sweep

lint: .venv/.tools  ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## all that must be green before a change lands

fix: .venv/.tools  ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: .venv/.tools  ## write the generated pages again
	$(BIN)/python -m mamoru.policy.coverage

bench: .venv/.tools  ## measure, and write docs/benchmarks.md
	$(BIN)/python -m benchmarks

journey: .venv/.tools  ## walk one journey and print its files (NAME=disclosure-by-agent)
	$(BIN)/python -m tests.walk $(NAME)

clean:  ## remove the environment and what the tools left
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis demo
