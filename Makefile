# The front door. `make demo` and `make test` work on a fresh clone: they set up what they need.
PYTHON ?= python3
VENV ?= .venv
PY = $(VENV)/bin/python
CORE = vendor/rayforce-c
PEER_2X = .oracle/2x
PEER_1X = .oracle/1x
FUZZ_SECONDS ?= 60
HOSTILE_COUNT ?= 20000
LOAD_SECONDS ?= 60
SEED ?= 1
TOOLS = build/tools
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PYTEST_ARGS ?=
BENCH_ARGS ?=
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help setup build demo test check properties soak peers bench-peers core-test core-ask core-strict asan tsan valgrind fuzz hostile load sweep faults differential bench lint docs wheel wheel-check clean

help:
	@sed -n 's/^#: //p' Makefile

#: make demo    set up, build, start a server, run the example over IPC and print the trade summary
#: make test    set up and run every test
#: make check   as test, plus the site, the wheel installed and tested elsewhere, TSan, the extension under ASan, each fuzz target
#:              for FUZZ_SECONDS, valgrind, memory running out at every step of every builtin, every client call through every
#:              fault of a network and with every call of the system failing, 20,000 hostile clients and a minute of 1,000 good ones
#: make soak    as check, plus 200,000 random expressions beside the real server (SEED) two hours of fuzzing,
#:              200,000 hostile clients and ten minutes of 1,000 good ones
#: make bench   compare with the peers, interleaved: ratios with their spread, benchmarks/RESULTS.md and charts (15 minutes at most)
#: make lint    ruff, mypy and pyright
#: make docs    build the site into site/, strictly
#: make wheel   build the source archive and a wheel for many systems into dist/
#: make clean   remove everything that was built (virtual environments stay)

$(VENV)/.deps: pyproject.toml
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	@$(PY) -m pip install -q --upgrade 'pip>=25.1'
	@$(PY) -m pip install -q --group dev
	@touch $@

setup: $(VENV)/.deps

# setuptools compiles only what changed.
build: setup
	@$(PY) -m pip install -q --no-build-isolation --no-deps -e . || { $(PY) setup.py build_ext --inplace; exit 1; }

demo: build
	@$(PY) docs/examples/trade_summary.py

peers: $(PEER_2X)/.ready $(PEER_1X)/.ready
$(PEER_2X)/.ready:
	@$(PYTHON) -m venv $(PEER_2X)
	@$(PEER_2X)/bin/pip install -q numpy rayforce-py==2.4.0
	@touch $@
$(PEER_1X)/.ready:
	@$(PYTHON) -m venv $(PEER_1X)
	@$(PEER_1X)/bin/pip install -q numpy rayforce-py==1.0.0
	@touch $@

# Frames of pandas are converted by the official binding, too.
bench-peers: peers .oracle/bench/.ready
.oracle/bench/.ready: benchmarks/peers.txt
	@$(PYTHON) -m venv .oracle/bench
	@.oracle/bench/bin/pip install -q -r benchmarks/peers.txt
	@$(PEER_2X)/bin/pip install -q pandas
	@touch $@

core-test:
	@$(MAKE) --no-print-directory -j$(JOBS) -C $(CORE) lib ask test replay
core-ask:
	@$(MAKE) --no-print-directory -j$(JOBS) -C $(CORE) ask
core-strict:
	@$(MAKE) --no-print-directory -j$(JOBS) -C $(CORE) strict

test: build peers core-test core-strict demo
	@$(PY) -m pytest $(PYTEST_ARGS)

# The unit tests of the core, then the tests of threads with the extension, under ThreadSanitizer.
tsan: build
	@$(MAKE) --no-print-directory -j$(JOBS) -C $(CORE) tsan
	@bash tools/tsan_suite.sh $(PY)
fuzz:
	@$(MAKE) --no-print-directory -j$(JOBS) -C $(CORE) fuzz FUZZ_SECONDS=$(FUZZ_SECONDS)
# The whole Python suite with the extension under AddressSanitizer and UBSan, built into a tree of its own.
asan: build peers
	@bash tools/asan_suite.sh $(PY)

# Memory running out at every step of several cases of every builtin.
sweep: build core-ask
	@$(PY) tests/lang/sweep.py --each 9 --jobs $(JOBS)

# Every client call through every fault of a network, and with memory, files and sockets failing at every place.
faults: build
	@FAULTS=whole $(PY) -m pytest -q -s --timeout 1800 tests/fault/test_chaos.py tests/fault/test_sweep.py

# Round trips through every library, a thousand examples of each.
properties: build peers
	@HYPOTHESIS_PROFILE=check $(PY) -m pytest -q --timeout 3600 tests/property

# Clients that mean harm, and many that mean well; tests/hostile/attack.py and tests/soak/load.py say what they do.
hostile: build
	@$(PY) tests/hostile/attack.py --count $(HOSTILE_COUNT) --seed $(SEED)
load: build
	@$(PY) tests/soak/load.py --seconds $(LOAD_SECONDS) --seed $(SEED)

valgrind:
	@$(MAKE) --no-print-directory -j$(JOBS) -C $(CORE) valgrind

# Of the first each keeps about one processor busy, so they run side by side; the others use all of them, or go by the clock.
ONE_PROCESSOR = asan properties faults docs
check: test
	@$(MAKE) --no-print-directory -j$(JOBS) $(if $(filter output-sync,$(.FEATURES)),-Otarget) $(ONE_PROCESSOR)
	@$(MAKE) --no-print-directory wheel-check sweep tsan fuzz valgrind hostile load

# 200,000 random expressions and 100,000 statements over tables beside the real server.
differential: build peers core-ask
	@$(PY) tests/lang/differential.py --count 200000 --seed $(SEED)
	@$(PY) tests/lang/differential.py --count 100000 --seed $(SEED) --tables

soak: check differential
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=7200
	@$(MAKE) --no-print-directory hostile HOSTILE_COUNT=200000
	@$(MAKE) --no-print-directory load LOAD_SECONDS=600

bench: build bench-peers
	@$(PY) -m pip install -q --group bench
	@$(PY) benchmarks/run.py $(BENCH_ARGS)

lint: build
	@$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy && $(PY) -m pyright

# What packages and documents has an environment of its own, away from what is packaged.
$(TOOLS)/.ready: pyproject.toml
	@test -x $(TOOLS)/bin/python || $(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install -q --upgrade 'pip>=25.1'
	@$(TOOLS)/bin/python -m pip install -q --group dist --group docs
	@touch $@

docs: $(TOOLS)/.ready
	@NO_MKDOCS_2_WARNING=1 $(TOOLS)/bin/mkdocs build -q --strict

wheel: $(TOOLS)/.ready
	@bash tools/make_wheel.sh $(TOOLS)/bin/python dist

# Installed into a new environment without a compiler, the package passes its tests away from the source tree.
wheel-check: wheel peers
	@bash tests/packaging/check_wheel.sh $(PYTHON) dist $(PYTEST_ARGS)

clean:
	rm -rf build dist site *.egg-info rayforce/_ext/*.so rayforce/_ext/core.c
	@$(MAKE) --no-print-directory -C $(CORE) clean
