# `make lab` opens the course, `make test` proves it; both set up what they need first.
PYTHON ?= python3
ARGS   ?=
VENV   := .venv
PINS   := constraints.txt
NIGHTLY := tests/faults tests/bad_input
BENCHMARKS ?= ledger training explorers startup lectures metrics chest_xray brain_age intrinsic_dimension tsimcne grading
BIN    := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(PINS)
# Two test workers share two cores: one thread each is faster than four that wait for one another.
RUN    := OMP_NUM_THREADS=1 $(BIN)/python -m

.PHONY: setup lab test newest oldest nightly notebooks slides site check bench pins audit clean

setup: $(VENV)/.lab

lab: setup
	$(BIN)/course lab $(ARGS)

test: check $(VENV)/.browser
	$(RUN) pytest -n 2 --dist loadfile $(ARGS)

# All tests with the newest versions that are pinned, and with the oldest that pyproject.toml allows (on Python 3.11, as
# they have no wheels for later ones): each in an environment of its own.
newest:
	$(MAKE) test VENV=.venv-newest

oldest:
	$(MAKE) test VENV=.venv-oldest PINS=constraints-oldest.txt

# The same tests of faults and bad input at many more moments, with many more generated cases, other ones each time: ten
# minutes or more. What a whole night tried and lost is counted in docs/faults.md.
nightly: $(VENV)/.test
	COURSE_NIGHTLY=1 $(RUN) pytest -n 2 --dist loadfile --junitxml build/nightly.xml $(NIGHTLY) $(ARGS); status=$$?; \
	$(if $(ARGS),,[ $$status -gt 1 ] || $(RUN) tools.faults build/nightly.xml || exit 1;) exit $$status

notebooks: $(VENV)/.test
	$(RUN) tools.build $(ARGS)

slides: $(VENV)/.test
	$(RUN) tools.slides $(ARGS)

site: $(VENV)/.test
	$(RUN) tools.website $(ARGS)

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(RUN) tools.build --check

bench: $(VENV)/.test
	$(PIP) --editable ".[bench]"
	for name in $(BENCHMARKS); do $(BIN)/python -m benchmarks.$$name || exit 1; done

# Both files of pins anew; then see whether `make newest oldest` passes.
pins: $(VENV)/.test
	$(PIP) "uv>=0.9"
	$(BIN)/python -m tools.pins

# Known holes in the versions that everybody gets. It asks the network; --strict: what could not be looked up is an error.
audit:
	$(PYTHON) -m venv .venv-audit
	.venv-audit/$(notdir $(BIN))/python -m pip install --quiet --disable-pip-version-check pip-audit
	.venv-audit/$(notdir $(BIN))/python -m pip_audit --strict --no-deps --disable-pip --requirement constraints.txt

clean:
	rm -rf $(VENV) .venv-newest .venv-oldest .venv-audit build dist

$(VENV)/.lab: pyproject.toml $(PINS)
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "PYTHON: $(PYTHON) is Python %d.%d; the course needs 3.11, 3.12 or 3.13: try `make lab PYTHON=python3.12`" % v)'
	@echo "Setting up $(VENV): a few minutes and about 6 GB, once."
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) --upgrade pip
	$(PIP) --editable ".[lab]"
	@touch $@

$(VENV)/.test: $(VENV)/.lab
	$(PIP) --editable ".[lab,grading,site,test]"
	@touch $@

# The browser tests take whichever Chromium there is; where there is none, Playwright brings its own.
$(VENV)/.browser: $(VENV)/.test
	@for name in "$$COURSE_BROWSER" chromium chromium-browser google-chrome chrome; do \
	  command -v "$$name" >/dev/null 2>&1 && exit 0; done; \
	$(BIN)/python -m playwright install chromium
	@touch $@
