# `make` alone lists the targets. Every step runs under its own time limit, in seconds.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test check bench console docs nightly mutants environment tools

BIN := .venv/bin
SCENARIO := examples/europe-2013.yaml
OUT := out/europe-2013
WORKERS := 2
# A machine without `timeout` (macOS) runs the same steps without limits.
limit = $(if $(shell command -v timeout),timeout --foreground --kill-after=10 $(1))

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' Makefile | expand -t 10

demo: environment ## install, run the main job, say where its report is
	@$(call limit,600) $(BIN)/entente run $(SCENARIO) --out $(OUT) --force

test: tools console ## every test but the slow ones, the browser's included
	@CHROMIUM="$$($(call limit,900) builders/chromium.sh)"; export CHROMIUM; \
	$(call limit,1560) $(BIN)/python -m pytest -n $(WORKERS) -m "not slow" $(ARGS)

nightly: tools console ## the slow tests, and the mutants
	@CHROMIUM="$$($(call limit,900) builders/chromium.sh)"; export CHROMIUM; \
	$(call limit,5400) $(BIN)/python -m pytest -n $(WORKERS) -m slow --timeout 3600 $(ARGS)
	@$(call limit,3600) $(BIN)/python builders/mutants.py $(WORKERS)

mutants: tools ## every small change of the log's core, and whether a test notices
	@$(call limit,3600) $(BIN)/python builders/mutants.py $(WORKERS)

check: tools ## formatting, lint, types, layers
	@$(call limit,60) $(BIN)/ruff format --check .
	@$(call limit,60) $(BIN)/ruff check .
	@$(call limit,300) $(BIN)/mypy
	@$(call limit,120) $(BIN)/lint-imports --no-logo 2>&1

bench: tools ## every script of bench/, one after the other
	@for script in bench/*.py; do \
	    test -e "$$script" || { echo "bench/ holds no script yet"; break; }; \
	    echo "== $$script"; $(call limit,900) $(BIN)/python "$$script"; \
	done

docs: tools ## write docs/reference again
	@$(call limit,120) $(BIN)/python builders/reference.py

console: tools ## build the console's pages
	@$(call limit,900) $(BIN)/python builders/console.py

environment: # .venv with what a user needs
	@builders/environment.sh run

tools: # .venv with what a developer needs
	@builders/environment.sh dev
