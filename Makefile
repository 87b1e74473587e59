# Emotion Overlay: `make` lists what there is to do.

PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=
BIN    := $(VENV)/bin
APP    := $(BIN)/emotion-overlay
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet

# PyPI's PyTorch for Linux brings gigabytes of CUDA. The CPU build is looked for first; where
# its index cannot be reached, pip warns and takes what it finds elsewhere.
TORCH       := torch==2.13.0
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

.DEFAULT_GOAL := help
.PHONY: help run test check wheel clean clean-machine system-test

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s%s\n", $$1, $$2 }' Makefile

run: $(VENV)/.app ## Set everything up and put labels on your camera (options: ARGS="--source demo")
	@$(APP) models install
	@$(APP) run --mode on-air $(ARGS)

test: check ## Set everything up, check style and types, run every test
	@$(APP) models install
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.test ## Check style (ruff), types (mypy) and who imports whom (import-linter)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache

wheel: $(VENV)/.app ## Build dist/*.whl with every model inside
	@$(APP) models install
	@$(BIN)/python -c 'import shutil; from overlay.models_store import detector_path; \
	  model = detector_path(); model.parent.samefile("models") or shutil.copy(model, "models")'
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean: ## Remove the virtual environment, builds and caches
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis models/*.tflite

clean-machine: ## Try the first `make run` in a bare Debian (needs root and mmdebstrap)
	tests/clean_machine/trial.sh

system-test: $(VENV)/.app ## Read a real virtual camera with real programs (needs root and Debian)
	@$(APP) models install
	$(BIN)/python tests/system/run.py $(ARGS)

# What is installed, remembered in two stamps so that it happens once.

$(VENV)/.app: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { echo \
	  '$(PYTHON) is missing or older than Python 3.10: install a newer one and say "make PYTHON=python3.12 ..."' >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo \
	  '$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: sudo apt install python3-venv' >&2; exit 2; }
	@echo 'Setting up $(VENV), once: this downloads about 160 MB'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --editable .
	@touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/.app
	@echo 'Adding the tools for tests and training, once'
	@$(PIP) --no-deps --retries 1 --timeout 20 --extra-index-url $(TORCH_INDEX) $(TORCH)
	@$(PIP) --editable '.[test,train]'
	@touch $@
