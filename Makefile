# Playhead: `make run` and `make test` do all their own set-up; see setup/ for what that is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
SAM := .tools/sam/bin/sam
NPM = PATH="$$(setup/find-node.sh):$$PATH" CHROMIUM="$$(setup/find-browser.sh)" npm --prefix frontend --silent
# Lambda's name of this machine's processor; `make build ARCHITECTURE=arm64` builds for the other.
ARCHITECTURE ?= $(if $(filter arm64 aarch64,$(shell uname -m)),arm64,x86_64)

.PHONY: help simulation documented audit setup setup-schemathesis setup-audit setup-sam setup-frontend setup-mongoose setup-browser page run token session logs test test-long test-backend test-frontend frontend lint lint-frontend openapi format lock build sam-local bench clean

help: ## Say what can be made
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

setup: ## Make the environments that the rest needs; quick where nothing has changed
	@setup/environment.sh .venv requirements/dev.txt
	@setup/command.sh
	@setup/environment.sh .tools/emulators requirements/emulators.txt

setup-sam: setup
	@setup/environment.sh .tools/sam requirements/sam.txt

setup-frontend: setup
	@setup/node-modules.sh frontend

setup-mongoose: setup
	@setup/node-modules.sh tests/mongoose

setup-schemathesis: setup
	@setup/environment.sh .tools/schemathesis requirements/schemathesis.txt

setup-audit: setup-sam
	@setup/environment.sh .tools/audit requirements/audit.txt

setup-browser: setup
	@setup/find-browser.sh > /dev/null

page: setup
	@setup/page.sh

run: page ## Start everything on http://127.0.0.1:3000 (PORT=...); Ctrl-C stops it
	@exec $(PYTHON) -m local

token: setup ## Print a bearer token: make token SUB=learner-1 [ROLE=instructor]
	@exec $(PYTHON) -m local.tokens "$(or $(SUB),$(error say whose: make token SUB=learner-1))" $(if $(ROLE),"$(ROLE)")

session: setup ## Print a session id, as a player makes one
	@exec $(PYTHON) -m local.sessions

logs: setup ## Follow what the functions of the running stack log (ARGS=--metrics shows metrics too)
	@exec $(PYTHON) -m local.logs $(ARGS)

test: test-backend test-frontend ## Run every test

test-backend: page setup-browser setup-mongoose ## Run the tests of the service (ARGS=... goes to pytest)
	@$(PYTHON) -m pytest $(or $(ARGS),--numprocesses auto --maxprocesses 4 --dist loadfile --ignore tests/e2e)
	@$(if $(ARGS),,$(PYTHON) -m pytest tests/e2e)

test-long: page setup-mongoose setup-schemathesis ## Run what takes minutes: large numbers, long runs
	@$(PYTHON) -m pytest -m long $(ARGS)

simulation: setup ## Run ten thousand worlds of faults (ARGS="--seconds 600", ARGS="--seed 42")
	@PYTHONPATH=layers/playhead $(PYTHON) -m tests.simulation $(ARGS)

documented: page setup-schemathesis ## Send thousands of generated requests: each answer must be one that OpenAPI names
	@$(PYTHON) -m pytest -m long tests/e2e/test_documented.py

test-frontend: setup-frontend setup-browser ## Run the tests of the browser client
	@$(NPM) run build
	@$(NPM) test
	@$(NPM) run test:e2e

frontend: setup-frontend ## Build the browser client and its page
	@$(NPM) run build
	@$(NPM) run build:page

audit: setup-audit setup-frontend setup-mongoose ## Look for known weaknesses: of the template and the deployed packages
	@.tools/sam/bin/sam validate --lint
	@.tools/audit/bin/checkov --config-file ci/checkov.yaml
	@PATH="$$(setup/find-node.sh):$$PATH" $(PYTHON) -m ci.audit

lint-frontend: setup-frontend ## Check the browser client: style, types, their drift from OpenAPI, its size
	@$(NPM) run lint
	@$(NPM) run size

lint: setup ## Check style and types
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m local.openapi --check

openapi: setup ## Write the OpenAPI document from the functions' routes
	@$(PYTHON) -m local.openapi

format: setup ## Put the code into the one format
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format .

lock: ## Regenerate every lock file (ARGS=--upgrade takes newer releases)
	@setup/lock.sh $(ARGS)

build: setup-sam ## sam build (ARCHITECTURE=arm64 or x86_64; default: this machine's)
	@PATH="$(CURDIR)/.venv/bin:$$PATH" ARCHITECTURE=$(ARCHITECTURE) \
	  $(SAM) build --parameter-overrides Architecture=$(ARCHITECTURE) $(ARGS)

sam-local: build ## Invoke a function in a container, on a stack run with STACK_BIND=0.0.0.0: FUNCTION=ReportProgress
	@exec $(PYTHON) -m ci.sam_local $(or $(FUNCTION),$(error say which: make sam-local FUNCTION=ReportProgress)) $(ARGS)

bench: build ## Measure: ratios of one run, on this machine
	@for script in $$(grep -l '__main__' bench/*.py); do \
	  name=$$(basename "$$script" .py); echo "== $$name"; $(PYTHON) -m "bench.$$name"; \
	done

clean: ## Remove what builds and runs leave behind, the local database too
	@rm -rf build .aws-sam .playhead .pytest_cache .mypy_cache .ruff_cache .hypothesis
