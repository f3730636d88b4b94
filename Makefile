# Every target does its own set-up and may be called again at any time. `make help` lists them.

# Written into the packaged metadata.txt. Set the last four for publication, for instance
#     make package EMAIL=maps@bureau.example HOMEPAGE=https://…  TRACKER=https://…  REPOSITORY=https://…
EMAIL ?= contact@example.org
HOMEPAGE ?= https://example.org/overdraft
TRACKER ?= https://example.org/overdraft/issues
REPOSITORY ?= https://example.org/overdraft/source

# The QGIS profile of `make install`; empty: the default profile of the user who calls it.
PROFILE_DIR ?=

# A path from the caller's environment that leads to this folder would hide QGIS's own package "processing".
unexport PYTHONPATH
unexport PYTHONHOME
unexport VIRTUAL_ENV

# Qt wants a private folder and says so on every start where the login made none.
ifeq ($(XDG_RUNTIME_DIR),)
export XDG_RUNTIME_DIR := $(CURDIR)/build/runtime
endif

SHELL := /bin/sh
PYTHON := .venv/bin/python
TRANSLATION := resources/i18n/overdraft_zh_CN
SAMPLE_LAYERS := sample_layers/sample.gpkg
SAMPLE := sample_layers/sample.qgz
SAMPLE_SOURCES := sample_layers/make_sample.py $(wildcard sample_layers/invented/*.py) resources/register.toml
PROJECT_SOURCES := sample_layers/make_project.py $(wildcard resources/styles/*.qml) resources/register.toml

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup screenshots demo test test-long lint bench sample package install uninstall translations clean clean-all

help:
	@echo "make demo          run the sample layers through everything: case file, report, map, papers"
	@echo "make test          checks and tests (make test-long: with those that take long)"
	@echo "make setup         QGIS from the distribution and the Python environment in .venv"
	@echo "make install       put the plugin into your QGIS (make uninstall: take it out again)"
	@echo "make lint          style, layers, types"
	@echo "make bench         the measurements behind the claims of speed"
	@echo "make sample        make the sample layers"
	@echo "make screenshots   drive every window through the sample and take the pictures of README and help"
	@echo "make translations  collect the texts, compile the Chinese ones"
	@echo "make package       build/overdraft.zip for the plugin repository, checked"
	@echo "make clean         remove everything that was made here (.venv: make clean-all)"

setup:
	@mkdir -p -m 700 build/runtime
	@sh tools/setup.sh

sample: setup $(SAMPLE)

$(SAMPLE_LAYERS): $(SAMPLE_SOURCES) | setup
	@echo "sample: making the invented sample layers"
	@$(PYTHON) sample_layers/make_sample.py

$(SAMPLE): $(SAMPLE_LAYERS) $(PROJECT_SOURCES) | setup
	@echo "sample: making the QGIS project that shows them"
	@$(PYTHON) sample_layers/make_project.py
	@touch $@

$(TRANSLATION).qm: $(TRANSLATION).ts | setup
	@echo "translations: compiling $<"
	@sh tools/translations.sh compile

translations: setup
	@sh tools/translations.sh collect
	@sh tools/translations.sh compile

demo: setup $(SAMPLE) $(TRANSLATION).qm
	@$(PYTHON) tools/demo.py

screenshots: setup $(SAMPLE) $(TRANSLATION).qm
	@$(PYTHON) tools/screenshots.py

lint: setup
	@echo "lint: translations"
	@sh tools/translations.sh check
	@echo "lint: style (ruff)"
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --check --quiet . || { .venv/bin/ruff format --check .; exit 1; }
	@echo "lint: layers (import-linter)"
	@mkdir -p build/lint && ln -sfn ../.. build/lint/overdraft
	@PYTHONPATH=build/lint .venv/bin/lint-imports --no-cache > build/lint/imports.txt || { cat build/lint/imports.txt; exit 1; }
	@echo "lint: types of the domain (mypy)"
	@MYPYPATH=build/lint .venv/bin/mypy --cache-dir build/lint/mypy -p overdraft.core --no-error-summary

test: lint $(SAMPLE) $(TRANSLATION).qm
	@echo "test: running the tests"
	@$(PYTHON) -m pytest -m "not long" -n auto --dist loadfile

test-long: lint $(SAMPLE) $(TRANSLATION).qm
	@echo "test: running all tests, the long ones too"
	@$(PYTHON) -m pytest -n auto --dist loadfile

bench: setup
	@for script in benchmarks/*.py; do echo "bench: $$script"; $(PYTHON) "$$script" || exit 1; done

package: setup $(SAMPLE) $(TRANSLATION).qm
	@$(PYTHON) tools/package.py --email "$(EMAIL)" --homepage "$(HOMEPAGE)" --tracker "$(TRACKER)" \
		--repository "$(REPOSITORY)" build/overdraft.zip
	@$(PYTHON) tools/check_package.py build/overdraft.zip

install: setup $(SAMPLE) $(TRANSLATION).qm
	@$(PYTHON) tools/install.py install --profile "$(PROFILE_DIR)"

uninstall:
	@/usr/bin/python3 tools/install.py uninstall --profile "$(PROFILE_DIR)"

clean:
	@rm -rf build .pytest_cache .ruff_cache .mypy_cache .hypothesis .qgis-settings $(TRANSLATION).qm
	@rm -f sample_layers/*.gpkg sample_layers/*.gpkg-* sample_layers/*.qg[sz]
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
	@echo "clean: done; the environment in .venv stays (make clean-all removes it too)"

clean-all: clean
	@rm -rf .venv
	@echo "clean: .venv removed"
