# Two commands from a fresh clone: `make demo`, `make test`. Python 3.11 or newer and make are all they need.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test check storm lint types bench pins erase clean dev runtime
MAKEFLAGS += --no-print-directory
# Tests start hundreds of commands: each would compile all that it imports where the environment forbids to keep it.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin

help:
	@echo 'make ...'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' Makefile

setup: dev  ## make .venv and install all that development needs
	@echo 'Ready. Try: $(BIN)/network --help'

demo: runtime  ## run the network on real purchases (DEMO_HOUSEHOLDS=100 for fewer, DEMO_EXIT=1 to end when ready)
	@.ci/install dataset || echo 'The purchases could not be installed; going on without them.' >&2
	@$(BIN)/network demo

test: lint types  ## check everything but the storms: style, types, layers, tests
	@.ci/install dataset || echo 'The purchases could not be installed; tests of the demo are left out.' >&2
	@$(BIN)/pytest -m 'not storm' -n auto --maxprocesses 4 --dist loadfile

check: test  ## the same

storm: dev  ## many processes at once, killed at any point: takes minutes
	@$(BIN)/pytest -m storm

lint: dev  ## check style and the layers
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/lint-imports --no-logo

types: dev  ## check types
	@$(BIN)/mypy --no-error-summary

bench: runtime  ## measure postings a second on this machine
	@.ci/install peers || echo 'The other ledgers could not be installed; measuring without them.' >&2
	@$(BIN)/python -m bench

pins: dev  ## choose the versions of all packages anew (.ci/*.txt)
	@.ci/pin

erase: runtime  ## stop the embedded servers and remove their data
	@$(BIN)/python -c 'from network.settings import Settings; from network.infrastructure import embedded; \
		embedded.erase(Settings.from_environment().state_folder)'

clean:  ## remove .venv and caches; the servers' data stays
	@rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The sets of packages, see .ci/install.
dev runtime:
	@.ci/install $@
