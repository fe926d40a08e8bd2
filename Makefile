# All tasks of the repository. `make` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)
export CARGO_TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))

RUKUN := $(CARGO_TARGET_DIR)/debug/rukun

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
	wheel=$$(mobile-bindings/python/build-wheel); python3 -m venv --clear $(CARGO_TARGET_DIR)/demo-python; \
	    $(CARGO_TARGET_DIR)/demo-python/bin/pip install --quiet --disable-pip-version-check --no-deps "$$wheel"
	$(call step,the demonstration)
	@$(CARGO_TARGET_DIR)/demo-python/bin/python tests/demo/demo.py \
	    --rukun $(RUKUN) --folder $(CARGO_TARGET_DIR)/demo --keep $(or $(KEEP),yes)

.PHONY: setup
setup: ## Install what this machine lacks (Debian, Ubuntu)
	@.ci/setup test

.PHONY: test
test: check test-rust test-demo test-bindings openapi fuzz ## Run every check and every test
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

.PHONY: bindings
bindings: ## Generate the Kotlin, Swift and Python sources of the bindings
	mobile-bindings/generate

.PHONY: openapi
openapi: ## Hold the running server to its own OpenAPI document
	$(call step,OpenAPI)
	cargo build --package rukun-server
	tests/openapi/check $(RUKUN)

.PHONY: fuzz
fuzz: ## Fuzz the codec, the segments and the compiler of forms for 10 seconds each (SECONDS=n)
	$(call step,fuzzing)
	tests/fuzz/run $(or $(SECONDS),10)

.PHONY: test-demo
test-demo: ## Test that the sample of real interviews fits the household form
	$(call step,the demonstration's data)
	cd tests/demo && python3 -m unittest

.PHONY: nightly
nightly: test ## Everything, and what takes long: 50,000 simulated worlds, two minutes of fuzzing for each target
	$(call step,simulation and fuzzing at length)
	$(if $(wildcard tests/tests/simulation.rs),RUKUN_SEEDS=50000 cargo test --package rukun-tests --test simulation)
	tests/fuzz/run 120
	@$(MAKE) --no-print-directory demo KEEP=no

.PHONY: bench
bench: ## Measure size and speed beside PouchDB (RUNS=3, RECORDS=2000)
	$(call step,release build)
	cargo build --release --bin rukun --bin bench
	$(call step,benchmarks)
	"$(CARGO_TARGET_DIR)/release/bench"

.PHONY: conformance
conformance: ## Run suites of forms and expressions (DIR=folder, VERBOSE=--verbose)
	$(call step,conformance suites)
	cargo run --release -p rukun-conformance --bin conformance -- $(DIR) $(VERBOSE)

.PHONY: forms
forms: ## Compile the built-in forms, and write them as Excel
	cargo build --package rukun-server
	for form in server/forms/*/; do name=$${form%/}; \
	    $(RUKUN) form compile $$name -o $$name.json; $(RUKUN) form xlsx $$name -o $$name.xlsx; done

.PHONY: bench-forms
bench-forms: ## Measure compiling and filling a form (DIR=form or folder of forms)
	$(call step,what a form costs)
	cargo run --release -p rukun-conformance --bin form-bench -- $(or $(DIR),server/forms/kotaku-household)

.PHONY: test-wasm
test-wasm: ## Compare native and WebAssembly over suites (DIR=folder), and measure the engine's size
	$(call step,WebAssembly)
	tests/wasm/run $(DIR)

.PHONY: clean-data
clean-data: ## Remove what the server and the demo wrote
	rm -rf rukun-data $(CARGO_TARGET_DIR)/demo
