# Two commands: `make up` and `make test`. `make help` lists the rest.
# CONFIG=debug builds without optimization (seconds instead of minutes).

CONFIG ?= release


.DEFAULT_GOAL := build
.PHONY: help dependencies build up down status test benchmark format lint clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

dependencies:
	@scripts/install-dependencies.sh

build: dependencies ## build and link bin/chancery, bin/chancery-verify
	@echo "building ($(CONFIG)); the first time takes about eight minutes" >&2
	@swift build -c $(CONFIG) < /dev/null
	@mkdir -p bin
	@ln -sfn "$$(swift build -c $(CONFIG) --show-bin-path)/chancery" bin/chancery
	@ln -sfn "$$(swift build -c $(CONFIG) --show-bin-path)/chancery-verify" bin/chancery-verify

up: build ## build, start everything, import the examples, seal, verify; continues where it stands
	@bin/chancery tour Examples/contacts.ndjson

down: ## stop everything cleanly
	@if [ -x bin/chancery ]; then bin/chancery down; else echo "nothing was built, nothing runs"; fi

status: ## processes, ledger, last checkpoint, TPM, disk
	@if [ -x bin/chancery ]; then bin/chancery status; else echo "not built yet: make up" >&2; exit 3; fi

test: dependencies ## all tests
	@swift build --build-tests < /dev/null
	@scripts/run-tests.sh

benchmark: build ## measure against baselines of the same run: Benchmarks/README.md
	@cd Benchmarks && swift build -c release < /dev/null
	@Benchmarks/run.py $(BENCHMARK)

format: ## format all Swift sources in place
	@scripts/swift-sources.sh | xargs -0 swift format format -i

lint: ## fail where the format is not kept
	@scripts/swift-sources.sh | xargs -0 swift format lint --strict

clean: ## remove what was built; keeps the data directory
	@swift package clean
	@rm -rf bin
