PYTHON ?= python3
JOBS ?= 2
CASES ?= 20000

BIN := .venv/bin
INSTALLED := .venv/.installed
SITE := .venv-site
# The modules of the page that `cnncalc report` writes, and the tools that check and build its script.
PAGE := cnncalc/webpage/scripts
PAGE_TOOLS := .page-tools
# Folders that hold Python by now: mypy refuses one that does not.
TYPED := $(patsubst %/,%,$(sort $(dir $(wildcard cnncalc/*.py tests/*.py benchmarks/*.py))))

# Tests start hundreds of processes: without compiled files each one would compile the package again.
unexport PYTHONDONTWRITEBYTECODE

# What `make test` runs, in this order; it stops at the first that fails.
CHECKS := format-check lint slow-checks pytest
# These take long on one core, and run side by side.
SLOW := types contracts docs-check page-check

# Tests in several processes: one that has none left takes some of another's.
SHARED := -n $(JOBS) --dist worksteal

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help test $(CHECKS) $(SLOW) test-all docs page-tools page-script site new-layer new-rule new-format format bench fuzz verify-zoo clean

help: ## List the targets
	@sed -nE 's/^([.a-z-]+):.*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r target text; do printf '%-20s %s\n' "$$target" "$$text"; done

test: $(CHECKS) ## Run the checks and the tests that are quick

format-check: $(INSTALLED)
	@printf '\n== Format ==\n'
	$(BIN)/ruff format --check .

lint: $(INSTALLED)
	@printf '\n== Lint ==\n'
	$(BIN)/ruff check .

slow-checks: $(INSTALLED)
	@printf '%s\n' $(SLOW) | xargs -n 1 -P $(JOBS) $(MAKE) --no-print-directory

types: $(INSTALLED)
	@printf '\n== Types ==\n'
	$(BIN)/mypy $(TYPED)

contracts: $(INSTALLED)
	@printf '\n== Import contracts ==\n'
	$(BIN)/lint-imports

docs-check: $(INSTALLED)
	@printf '\n== Documentation ==\n'
	$(BIN)/python -m docs.generate --check

# Node is needed by who changes these modules, not by who runs the tests: without it they are not checked.
page-check:
	@printf '\n== Modules of the page ==\n'
	@if command -v node >/dev/null && { [ -e $(PAGE_TOOLS)/.installed ] || $(MAKE) --no-print-directory page-tools >/dev/null 2>&1; }; then \
		$(PAGE_TOOLS)/node_modules/.bin/tsc -p $(PAGE) && node --test $(PAGE)/tests; \
	else printf 'skipped: node, or what make page-tools installs, is not there\n'; fi

pytest: $(INSTALLED)
	@printf '\n== Tests ==\n'
	$(BIN)/pytest $(SHARED)

test-all: $(INSTALLED) ## Run what takes long: nearly every network, and many random cases
	$(BIN)/pytest -m '(long or fuzz) and not zoo' --hypothesis-profile=deep $(SHARED)

docs: $(INSTALLED) ## Make the generated pages, and the output in the others
	$(BIN)/python -m docs.generate

page-tools: $(PAGE_TOOLS)/.installed ## Install what checks and builds the script of the page (needs node and npm)

page-script: $(PAGE_TOOLS)/.installed ## Build the script of the page from its modules
	node $(PAGE)/build.mjs

site: $(SITE)/.installed ## Build the site of the documentation into build/site; a dead link stops it
	$(SITE)/bin/sphinx-build -E -W --keep-going -q -b html docs build/site

new-layer: $(INSTALLED) ## Write the skeleton of a layer: NAME=celu, and BASE=activation, in-place-activation, pool, ...
	$(BIN)/python -m docs.scaffold layer $(NAME) $(if $(BASE),--base $(BASE))

new-rule: $(INSTALLED) ## Write the skeleton of a lint rule: NAME=heavy-dropout, and CODE=D110
	$(BIN)/python -m docs.scaffold rule $(NAME) $(if $(CODE),--code $(CODE))

new-format: $(INSTALLED) ## Write the skeleton of a format of output: NAME=html
	$(BIN)/python -m docs.scaffold format $(NAME)

format: $(INSTALLED) ## Format, and fix what the linter can
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(INSTALLED) ## Measure speed and memory
	$(BIN)/python -m benchmarks

fuzz: $(INSTALLED) ## Run the fuzz tests, CASES=20000 specs each; networks that run: CASES/10, each layer: CASES/100; RECORD=file goes on
	CNNCALC_FUZZ_CASES=$(CASES) CNNCALC_FUZZ_RECORD=$(RECORD) $(BIN)/pytest -m fuzz --hypothesis-profile=fuzz $(SHARED)

verify-zoo: $(INSTALLED) ## Run every shipped spec in PyTorch, in both modes, and compare (long)
	$(BIN)/cnncalc verify --all --device cpu
	$(BIN)/cnncalc verify --all --device cpu --mode training
	$(BIN)/pytest -m zoo $(SHARED)

clean: ## Remove builds and caches (.venv stays)
	rm -rf build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find cnncalc tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# Not beside the modules: everything there is the project's own.
$(PAGE_TOOLS)/.installed: $(PAGE)/package.json $(PAGE)/package-lock.json
	mkdir -p $(PAGE_TOOLS)
	cp $(PAGE)/package.json $(PAGE)/package-lock.json $(PAGE)/.npmrc $(PAGE_TOOLS)
	cd $(PAGE_TOOLS) && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

.venv: $(INSTALLED) ## Make the environment of the tests, with pinned versions

$(INSTALLED): requirements-test.txt constraints-test.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("cnncalc needs Python 3.11 or newer; try make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -r requirements-test.txt
	$(BIN)/python -m pip install --no-deps --no-build-isolation -e .
	touch $@

$(SITE)/.installed: requirements-site.txt
	$(PYTHON) -m venv $(SITE)
	$(SITE)/bin/python -m pip install -r requirements-site.txt
	touch $@
