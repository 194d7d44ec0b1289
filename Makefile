.DEFAULT_GOAL := help
.PHONY: help demo test check format bench gameday contracts lock

ARGS ?=
PYTHON ?=
export PYTHON

python := .venv/bin/python
demo_ready := .venv/.ready-demo
ready := .venv/.ready-development

help: ## Show this list
	@echo "Halles: a market hall of a shop. What you can ask for:"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "Pass options on with ARGS, for example: make demo ARGS=\"--detach --port 8123\""

demo: $(demo_ready) ## Open the demo shop (ARGS: --detach, --stop, --fresh, --port N)
	@$(python) -m commerce.demo $(ARGS)

test: $(ready) ## Run every test (ARGS go to pytest)
	@$(python) -m pytest -p commerce.testing.no_skip --numprocesses auto \
		--dist loadfile --no-loadscope-reorder $(ARGS)

check: $(ready) ## Format, lint, types, imports, migrations and contracts, without changing a file
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	$(python) -m mypy
	.venv/bin/lint-imports --no-logo
	$(python) manage.py makemigrations --check --dry-run
	$(python) manage.py contracts --check

format: $(ready) ## Format the code and mend what ruff can mend
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

bench: $(ready) ## Measure what benchmarks/README.md reports
	@for file in benchmarks/*.py; do $(python) $$file || exit 1; done

gameday: $(ready) ## Hold the long trials, each with a control that must fail (ARGS: --scale 0.1)
	@$(python) -m tests.gameday $(ARGS)

contracts: $(ready) ## Write the snapshot of every interface (contract.json)
	$(python) manage.py contracts

lock: ## Write requirements/*.txt from pyproject.toml (needs uv)
	requirements/lock $(ARGS)

$(ready): requirements/development.txt
	@requirements/install development
	@touch $(demo_ready) $@

$(demo_ready): requirements/demo.txt
	@requirements/install demo
	@touch $@
