# Everything a newcomer needs: `make run` and `make test`. Python 3.11+ and make, no more.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
CLAUDE_WHEEL := claude-agent-sdk  # only for the real `claude` binary inside it
FILES := bot adapters runner store tests

.PHONY: run doctor test check bench chaos soak fuzz format clean

run: $(VENV)/installed
	$(BIN)/parley run

doctor: $(VENV)/installed
	$(BIN)/parley doctor

test: check
	$(BIN)/python -m tests.browser
	SCREENSHOTS=build/screenshots $(BIN)/pytest -n 2 --dist worksteal

check: $(VENV)/installed-tests
	$(BIN)/ruff format --check --quiet $(FILES)
	$(BIN)/ruff check --quiet $(FILES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(VENV)/installed-tests
	$(BIN)/python -m tests.bench

# Random kills of everything, everywhere: make chaos N=1000 SEED=…
chaos: $(VENV)/installed-tests
	$(BIN)/python -m tests.chaos --kills $(or $(N),100) $(if $(SEED),--seed $(SEED))

# Does anything grow under steady load? make soak MINUTES=30
soak: $(VENV)/installed-tests
	$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),30)

# Nonsense for every reader and renderer: make fuzz SECONDS=60
fuzz: $(VENV)/installed-tests
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60)

format: $(VENV)/installed-tests
	$(BIN)/ruff format --quiet $(FILES)
	$(BIN)/ruff check --quiet --fix $(FILES)

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Parley needs Python 3.11 or newer; say which: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) -e .
	@touch $@

$(VENV)/installed-tests: $(VENV)/installed
	$(PIP) -e '.[test]'
	$(PIP) --no-deps $(CLAUDE_WHEEL)
	@touch $@
