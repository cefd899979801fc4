# Everything a newcomer or a machine does with Causeway. Each step brings what it needs and skips what is fresh.
PYTHON ?= python3
VENV := .venv/bin
MAKEFLAGS += --no-print-directory

.PHONY: help demo test check bench lock generate format clean
.PHONY: dev-packages check-lint check-types check-imports check-generated check-web

help: ## show what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## start Causeway with a demo firm; FRESH=1 begins anew
	@$(PYTHON) tools/prepare.py demo
	@$(VENV)/python tools/web_client.py build
	@exec $(VENV)/python -m server demo $(if $(FRESH),--fresh)

test: dev-packages ## run every test
	@$(VENV)/python tools/web_client.py build
	@$(VENV)/python tools/browser.py
	@$(VENV)/python tools/web_client.py test
	@$(VENV)/pytest

check: dev-packages ## lint, type-check, and see that generated files are fresh
	@$(MAKE) --jobs=2 --keep-going --output-sync=target check-types check-web check-lint check-imports check-generated

bench: dev-packages ## measure, with peers beside
	@$(VENV)/python tools/web_client.py build
	@$(VENV)/python -m benchmarks

generate: dev-packages ## write the TypeScript types and the protocol's documents from protocol/
	@$(VENV)/python -m protocol.generate

format: dev-packages ## lay out the Python sources
	@$(VENV)/ruff check --quiet --fix-only . && $(VENV)/ruff format .

lock: ## pin all Python packages anew
	@PYTHON=$(PYTHON) tools/lock.sh

clean: ## take away everything that was made, but keep the demo's state in var/
	rm -rf .venv server/static web_client/node_modules dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

dev-packages:
	@$(PYTHON) tools/prepare.py dev

check-lint:
	@$(VENV)/ruff check --quiet . && $(VENV)/ruff format --quiet --check .

check-types:
	@$(VENV)/mypy

check-imports:
	@$(VENV)/lint-imports --no-cache --no-logo

check-generated:
	@$(VENV)/python -m protocol.generate --check

check-web:
	@$(VENV)/python tools/web_client.py check
