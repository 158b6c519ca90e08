# custcli: what can be made. Needs Python >= 3.11 (PYTHON=python3.12 chooses another), make and git; nothing else.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check constraints clean

demo: .venv/stamp  ## show custcli at work on the sample company
	PATH="$(CURDIR)/$(BIN):$$PATH" bash samples/demo.sh

test: .venv/stamp  ## all tests
	$(BIN)/pytest

check: .venv/stamp  ## form, rules, types, and who may import whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest tests/test_architecture.py

.venv/stamp: constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("custcli needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r constraints.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

constraints: .venv/stamp  ## freeze the newest versions that fit (needs uv)
	{ sed -n '/^#/!q;p' constraints.txt; uv pip compile pyproject.toml --all-extras --universal --upgrade --quiet \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links; } > constraints.new
	mv constraints.new constraints.txt

clean:
	rm -rf .venv demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
