# Emotion Overlay: `make` lists what there is to do.

PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=
BIN    := $(VENV)/bin
APP    := $(BIN)/emotion-overlay
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet
PYTEST := $(BIN)/python -m pytest

# What is installed is exactly what uv.lock says, every file checked against its hash. The files
# name every package; without --no-deps pip 23 would try newer ones of those named with extras.
LOCKED := $(PIP) --no-deps --require-hashes --only-binary :all:

# PyPI's PyTorch for Linux brings gigabytes of CUDA, so the tests take the CPU build from PyTorch's
# own index. TORCH=requirements/train.txt takes PyPI's.
TORCH       ?= requirements/torch-cpu.txt
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

# The Python that the packages contain; they bear the date of the commit.
BUNDLE_PYTHON ?= /usr/bin/python3
BUNDLE        := .venv-bundle/bin/python
BUILD_ENV     := PYTHONHASHSEED=1 SOURCE_DATE_EPOCH=$(shell git log -1 --format=%ct 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run test check test-unit test-desktop test-system test-newest fuzz faults kills coverage \
        docs catalogue web web-test wheel sdist clean clean-machine lock hooks newest

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-21s%s\n", $$1, $$2 }' Makefile

run: $(VENV)/.app ## Set everything up and start; only you see labels (options: ARGS="--mode on-air")
	@$(APP) run $(ARGS)

test: check ## Set everything up, check the code, run the unit and desktop tests
	$(PYTEST) $(ARGS)

check: $(VENV)/.test ## Check style (ruff), types (mypy), imports (import-linter, deptry), shell scripts, size
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/deptry --no-ansi overlay
	$(BIN)/deptry --no-ansi --ignore DEP002,DEP004 training examples tests
	$(BIN)/shellcheck -x installer/*/*.sh tests/*.sh tests/*/*.sh web/tests/*.sh .ci/run
	@$(BIN)/python -m tests.code_lines

test-unit: $(VENV)/.test ## Run the tests that need nothing but Python
	$(PYTEST) -m unit $(ARGS)

test-desktop: $(VENV)/.test ## Run the tests that need a display, panels or PipeWire (on Linux)
	$(PYTEST) -m desktop $(ARGS)

test-system: $(VENV)/.test ## Read a real virtual camera with real programs (as root, on Debian)
	$(PYTEST) -m system --capture=no $(ARGS)

fuzz: $(VENV)/.test ## Feed the parsers 100,000 damaged inputs; continues where it stopped (ARGS="--seed 2")
	$(BIN)/python -m tests.fuzz $(ARGS)

faults: $(VENV)/.test ## Run 2,000 random schedules of faults, about 10 minutes (repeat one: ARGS="--seed 1234")
	$(BIN)/python -m tests.faults $(ARGS)

kills: $(VENV)/.test ## End 300 recordings and 50 windows at random moments, about 20 minutes (ARGS=window: only windows)
	$(BIN)/python -m tests.kills $(ARGS)

test-newest: ## Like `make test`, with the newest dependencies that pyproject.toml allows
	$(PYTHON) -m venv --clear .venv-newest
	$(MAKE) --no-print-directory VENV=.venv-newest newest test

coverage: $(VENV)/.test ## Run the unit and desktop tests and show which lines they do not reach
	$(PYTEST) --cov --cov-report=term-missing:skip-covered $(ARGS)

docs: $(VENV)/.docs ## Build the documentation into site/; a warning is an error
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	@echo "Open site/index.html; to search, run $(BIN)/mkdocs serve"

catalogue: $(VENV)/.test ## Update the translations from the texts in the code
	@mkdir -p build
	$(BIN)/pybabel -q extract --keywords=LazyText --add-location=file --sort-by-file \
	  --width=100 --omit-header --output-file=build/messages.pot overlay
	$(BIN)/pybabel -q update --domain=emotion-overlay --input-file=build/messages.pot --no-fuzzy-matching \
	  --ignore-obsolete --ignore-pot-creation-date --width=100 --output-dir=overlay/locale
	$(BIN)/pybabel -q compile --domain=emotion-overlay --directory=overlay/locale --statistics

web: $(VENV)/.app web/node_modules/.package-lock.json ## Build the page for the browser into web/dist (needs Node.js)
	$(BIN)/python -m overlay.web.export web/generated
	cd web && npm run --silent check && npm run --silent build

web-test: $(VENV)/.test web ## Test the page in Chromium and Firefox, and against this package
	$(BIN)/python -m tests.web.reference web/build/reference
	cd web && npm run --silent test

wheel: $(VENV)/.app $(if $(shell command -v npm),web) ## Build dist/*.whl, with the page if Node.js is there
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

sdist: $(VENV)/.app ## Build dist/*.tar.gz, the source
	$(BIN)/python -m hatchling build --target sdist

bundle: .venv-bundle/.done ## Build build/bundle, the application with its own Python and libraries
	$(BUNDLE) -m pip install --quiet --no-deps --no-build-isolation --force-reinstall .
	$(BUILD_ENV) $(BUNDLE) -P -m PyInstaller --noconfirm --log-level WARN \
	  --distpath build/bundle --workpath build/pyinstaller installer/bundle/emotion-overlay.spec

package: bundle ## Build build/packages/*.deb, .rpm and .tar.xz, for Linux (ARGS=deb: only that)
	$(BUILD_ENV) $(BUNDLE) installer/linux/packages.py build/bundle/emotion-overlay build/packages $(ARGS)

package-windows: wheel .venv-bundle/.done ## Build build/windows/*.exe, the installer for Windows, on Linux (needs uv and nsis)
	PYTHON=$(BUNDLE) installer/windows/installer.sh "$$(ls -t dist/*.whl | head -n 1)" build/windows

windows-test: ## Install it in Wine 10, use it, uninstall it (needs root and mmdebstrap)
	tests/packages/windows.sh build/windows/*.exe

package-test: ## Test the .deb in bare Debian 12 and 13, about 10 minutes (needs root and mmdebstrap)
	VERSION=0.0.1 COMPRESSION=none $(BUILD_ENV) $(BUNDLE) installer/linux/packages.py build/bundle/emotion-overlay build/older deb
	for suite in bookworm trixie; do \
	  SUITE=$$suite tests/packages/trial.sh build/packages/*.deb build/older/*.deb || exit; done

package-camera-test: $(VENV)/.test ## Show the .deb's virtual camera to Chromium, in a kernel of its own (needs root)
	$(BIN)/python tests/system/run.py --versions 0.12.7 --scenarios package

clean: ## Remove virtual environments, builds and caches
	rm -rf $(VENV) .venv-newest .venv-lock .venv-bundle build dist site .mypy_cache .ruff_cache .pytest_cache \
	  .hypothesis .coverage* web/dist web/build web/generated web/node_modules

clean-machine: ## Try the first `make run` in a bare Debian (needs root and mmdebstrap)
	tests/clean_machine/trial.sh

lock: .venv-lock/.dev ## Lock the dependencies of pyproject.toml (ARGS=--upgrade: the newest)
	PATH="$(CURDIR)/.venv-lock/bin:$$PATH" .venv-lock/bin/python requirements/lock.py $(ARGS)

hooks: $(VENV)/.test ## Check each commit before it is made (pre-commit)
	@$(LOCKED) --requirement requirements/dev.txt
	$(BIN)/pre-commit install

# What is installed, remembered in stamps so that it happens once.

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@command -v npm >/dev/null || { echo \
	  'The page needs Node.js 18 or newer to be built; on Debian and Ubuntu: sudo apt install nodejs npm' >&2; exit 2; }
	cd web && npm ci --silent
	@touch $@

$(VENV)/.app: pyproject.toml requirements/build.txt requirements/app.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null || { echo \
	  '$(PYTHON) is missing or not Python 3.11 to 3.14: install one of these and say "make PYTHON=python3.13 ..."' >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo \
	  '$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: sudo apt install python3-venv' >&2; exit 2; }
	@echo 'Setting up $(VENV), once: this downloads about 285 MB'
	@$(PYTHON) -m venv $(VENV)
	@$(LOCKED) --requirement requirements/build.txt --requirement requirements/app.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(TORCH) | $(VENV)/.app
	@echo 'Adding the tools for tests and training, once'
	@$(call install_torch,--require-hashes)
	@$(LOCKED) --requirement requirements/test.txt
	@touch $@

$(VENV)/.docs: requirements/docs.txt | $(VENV)/.app
	@$(LOCKED) --requirement requirements/docs.txt
	@touch $@

.venv-bundle/.done: requirements/bundle.txt
	$(BUNDLE_PYTHON) -m venv --clear .venv-bundle
	$(BUNDLE) -m pip install --quiet --no-deps --require-hashes --only-binary :all: --requirement $<
	@touch $@

newest:
	$(call install_torch)
	$(PIP) --editable '.[test,train]'
	$(BIN)/python -m pip list
	@touch $(VENV)/.app $(VENV)/.test

.venv-lock/.dev: requirements/dev.txt
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --no-deps --require-hashes --only-binary :all: \
	  --requirement $<
	@touch $@

install_torch = $(PIP) $(1) --only-binary :all: --no-deps --retries 1 --timeout 20 \
  --extra-index-url $(TORCH_INDEX) --requirement $(TORCH) || { echo \
  'PyTorch for the CPU is not to be had from $(TORCH_INDEX). Say "make TORCH=requirements/train.txt ..." for the one from PyPI, on Linux with 3 GB of CUDA.' >&2; exit 2; }
