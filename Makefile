# All tasks of the repository. `make` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)
export CARGO_TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))

VENV := $(CARGO_TARGET_DIR)/venv
PYTHON := $(VENV)/bin/python

# What a step is called when it begins, so that a long run can be read.
step = @printf '\n== %s\n' "$(1)"

.PHONY: help
help: ## List the tasks
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

.PHONY: demo
demo: ## Three phones survey 600 households offline, meet and disagree (KEEP=no ends the server, too)
	@.ci/setup demo
	$(call step,building the server and the Python bindings)
	cargo build --package rukun-server
	@$(MAKE) --no-print-directory python
	$(call step,the demonstration)
	$(PYTHON) tests/demo/demo.py --rukun $(CARGO_TARGET_DIR)/debug/rukun --folder $(CARGO_TARGET_DIR)/demo --keep $(or $(KEEP),yes)

.PHONY: setup
setup: ## Install what this machine lacks (Debian, Ubuntu)
	@.ci/setup test

.PHONY: test
test: check test-rust test-bindings test-demo ## Run every check and every test
	$(call step,everything passed)

.PHONY: check
check: format lint docs ## Formatting, clippy and documentation, warnings as errors

.PHONY: format
format: ## Check the formatting
	$(call step,formatting)
	cargo fmt --all --check

.PHONY: lint
lint: ## Run clippy
	$(call step,clippy)
	cargo clippy --workspace --all-targets -- -D warnings

.PHONY: docs
docs: ## Build the API documentation
	$(call step,API documentation)
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps

.PHONY: test-rust
test-rust: ## Run the Rust tests, on SQLite and on a PostgreSQL cluster of their own
	$(call step,Rust tests)
	cargo test --workspace

.PHONY: test-bindings
test-bindings: ## Play the scenario through the Python and Kotlin bindings; parse the Swift ones
	$(call step,Python bindings)
	mobile-bindings/python/test -q
	$(call step,Kotlin bindings)
	mobile-bindings/kotlin/test --quiet
	$(call step,Swift sources)
	mobile-bindings/swift/check

# Python's bindings, built and installed in a virtual environment of their own.
.PHONY: python
python: $(VENV)/installed
	cd mobile-bindings/python && VIRTUAL_ENV=$(VENV) PATH=$(VENV)/bin:$$PATH maturin develop --quiet

$(VENV)/installed: mobile-bindings/python/pyproject.toml
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check 'maturin>=1.9,<2' 'pytest>=8'
	touch $@

.PHONY: test-demo
test-demo: ## Test that the sample of real interviews fits the household form
	$(call step,the demonstration's data)
	cd tests/demo && python3 -m unittest

.PHONY: clean-data
clean-data: ## Remove what the server and the demo wrote
	rm -rf rukun-data $(CARGO_TARGET_DIR)/demo
