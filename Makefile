# Two commands: `make up` and `make test`. `make help` lists the rest.
# CONFIG=debug builds without optimization (seconds instead of minutes).

CONFIG ?= release
# Measured 24 % cheaper per HTTP request than calls through the shared libraries.
FLAGS_release := --static-swift-stdlib
BUILD := swift build -c $(CONFIG) $(FLAGS_$(CONFIG))

.DEFAULT_GOAL := build
.PHONY: help dependencies build up down status test api-test benchmark simulate soak tamper fuzz selinux-check units-check command-test shellcheck package package-check package-test image image-reproducible image-check boot-test man completions format lint clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

dependencies:
	@scripts/install-dependencies.sh

build: dependencies ## build and link bin/chancery, bin/chancery-verify
	@echo "building ($(CONFIG)); the first time takes about eight minutes" >&2
	@$(BUILD) < /dev/null
	@mkdir -p bin
	@ln -sfn "$$($(BUILD) --show-bin-path)/chancery" bin/chancery
	@ln -sfn "$$($(BUILD) --show-bin-path)/chancery-verify" bin/chancery-verify

up: build ## build, start everything, import the examples, seal, verify; continues where it stands
	@bin/chancery tour Examples/contacts.ndjson

down: ## stop everything cleanly
	@if [ -x bin/chancery ]; then bin/chancery down; else scripts/nothing-runs.sh; fi

status: ## processes, ledger, last checkpoint, TPM, disk
	@if [ -x bin/chancery ]; then bin/chancery status; else echo "not built yet: make up" >&2; exit 3; fi

test: dependencies ## all tests
	@swift build --build-tests < /dev/null
	@scripts/run-tests.sh

api-test: build ## try every operation of /openapi.json on a running appliance; API_TEST="-n 500 --seed 7" for more
	@Tests/OpenAPI/run $(API_TEST)

benchmark: build ## measure against baselines of the same run; BENCHMARK="--quick --only post" for less
	@cd Benchmarks && swift build -c release --product chancery-load < /dev/null
	@Benchmarks/run.py $(BENCHMARK)

simulate: dependencies ## random kills and failures of the store, SEEDS of them (default 200)
	@swift build --build-tests < /dev/null
	@CHANCERY_SIMULATION_SEEDS=$${SEEDS:-200} swift test --skip-build --filter SimulationTests

soak: build ## hours: 200 kills, every fault of the disk, 10,000 clients, 30 minutes of load
	@swift build --build-tests < /dev/null
	@scripts/soak.sh "$$($(BUILD) --show-bin-path)"

# Release builds of the tests have a place of their own: they are compiled with other flags than the product.
RELEASE_TESTS = --scratch-path .build/release-tests -c release -Xswiftc -enable-testing

tamper: dependencies ## flip every byte of every file of a sealed ledger, one at a time: each found and named
	@swift build $(RELEASE_TESTS) --build-tests < /dev/null
	@CHANCERY_TAMPER_STRIDE=1 swift test $(RELEASE_TESTS) --skip-build --filter '^LedgerVerificationTests\.TamperSweepTests' < /dev/null

FUZZ_RUNS ?= 200000
FUZZ_SEED ?= $(shell date +%s)
fuzz: dependencies ## feed every parser FUZZ_RUNS mutated inputs, seed FUZZ_SEED
	@swift build $(RELEASE_TESTS) --build-tests < /dev/null
	@CHANCERY_FUZZ_RUNS=$(FUZZ_RUNS) CHANCERY_FUZZ_SEED=$(FUZZ_SEED) \
		swift test $(RELEASE_TESTS) --skip-build --no-parallel --filter '^LedgerVerificationTests\.FuzzTests' < /dev/null

selinux-check: ## compile the SELinux module and prove who may do what
	@selinux/install-tools
	@selinux/check $(SELINUX_CHECK)

units-check: ## what the appliance installs: exposure of each unit, its calls, options and contexts, users, firewall
	@scripts/install-packages.sh systemd nftables util-linux python3
	@appliance/check-units

command-test: build ## the operator's command on an installed appliance: systemd in name spaces, a software TPM, a minute or two
	@scripts/install-packages.sh systemd swtpm swtpm-tools util-linux curl
	@appliance/test-command $(or $(PROGRAMS),$(dir $(realpath bin/chancery)))

shellcheck: ## every shell script of the repository
	@scripts/install-packages.sh shellcheck
	@scripts/shell-sources.sh | xargs -0 shellcheck

# PROGRAMS=DIR takes the five programs from there, of an optimized build, in the place of making them.
package: ## build/chancery_VERSION_amd64.deb; PROGRAMS=DIR to take programs that are built
	@scripts/install-packages.sh dpkg-dev debhelper fakeroot make selinux-policy-dev python3
	@appliance/package $(PROGRAMS)

package-check: ## what the package is made of, in seconds: versions, configuration, names, hooks
	@scripts/install-packages.sh python3 openssl perl-base
	@appliance/check-package

PACKAGE = build/chancery_$(shell sed -n '1s/.*(\(.*\)).*/\1/p' appliance/debian/changelog)_amd64.deb
# Needs root. A minimal Debian is made once, in build/cache.
package-test: package ## install, upgrade, downgrade, remove and purge it in a minimal Debian; build it once more
	@scripts/install-packages.sh debootstrap util-linux python3
	@appliance/package-test $(PACKAGE) $(or $(PROGRAMS),$(dir $(realpath bin/chancery)))

IMAGE_TOOLS = mmdebstrap squashfs-tools cryptsetup-bin systemd-boot-efi binutils mtools dosfstools fdisk e2fsprogs policycoreutils util-linux dpkg-dev
# Needs root, mounts no disk. Nobody logs in on it unless a password's hash is given: IMAGE="--console $$(openssl passwd -6)".
image: package ## build/image: a disk with Debian 12 and us, its root verified, measured from the firmware on
	@scripts/install-packages.sh $(IMAGE_TOOLS)
	@appliance/image/build --package $(PACKAGE) --cache build/cache/image $(IMAGE) build/image

image-reproducible: package ## build the image twice from the same packages; list what differs
	@scripts/install-packages.sh $(IMAGE_TOOLS)
	@appliance/image/reproducible $(PACKAGE) build/image-twice

image-check: ## what of image and boot test can be checked in seconds
	@scripts/install-packages.sh python3 shellcheck gcc libc6-dev
	@appliance/image/check

boot-test: package ## boot a test image under QEMU with a software TPM, from provisioning to a power cut: some 20 minutes
	@scripts/install-packages.sh $(IMAGE_TOOLS) qemu-system-x86 ovmf swtpm swtpm-tools python3 openssl gcc libc6-dev
	@appliance/boot-test/make $(PACKAGE) $(or $(PROGRAMS),$(dir $(realpath bin/chancery))) build/boot-test

# From the programs' own help: they are run. PROGRAMS=DIR as of `package`.
BUILT = $(or $(PROGRAMS),$$($(BUILD) --show-bin-path))
man: $(if $(PROGRAMS),,build) ## build/man: manual pages, checked with groff
	@scripts/install-packages.sh groff-base man-db python3
	@appliance/manual/make-pages "$(BUILT)" build/man
	@appliance/manual/check-pages build/man

completions: $(if $(PROGRAMS),,build) ## build/completions: of chancery and chancery-verify, for bash, zsh and fish
	@appliance/manual/make-completions "$(BUILT)" build/completions

format: ## format all Swift sources in place
	@scripts/swift-sources.sh | xargs -0 swift format format -i

lint: ## fail where the format is not kept
	@scripts/swift-sources.sh | xargs -0 swift format lint --strict

clean: down ## stop what runs, remove what was built; keeps the data directory
	@swift package clean
	@rm -rf bin build
