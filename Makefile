# The targets of the book.  `make help` lists them.
#
# tools/environment.py makes or mends the environment in .venv, and does nothing when it is
# as the requirements say, so every target can be called at any time, in any state.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
WORKERS ?= 2
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
# What others want of their Python does not reach this one.  It keeps what it has compiled,
# whatever the shell says, or each of hundreds of processes would compile NumPy and the rest again.
export PYTHONNOUSERSITE := 1
export PYTHONDONTWRITEBYTECODE :=
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONUSERBASE PYTHONSAFEPATH PYTHONPLATLIBDIR
unexport PYTHONWARNINGS PYTHONOPTIMIZE PYTHONDEBUG PYTHONVERBOSE PYTHONINSPECT PYTHONDEVMODE
unexport PYTHONIOENCODING PYTHONEXECUTABLE PYTHONBREAKPOINT PYTHONPROFILEIMPORTTIME VIRTUAL_ENV
# One pytest for all that is asked for; tests/conftest.py has the order.  What needs a browser runs
# apart: a process in which a browser has run is not forked.
PYTEST := $(RUN) -m pytest -q -n $(WORKERS) --dist loadscope --no-loadscope-reorder
# A few browser tests that fail are run once more, alone, and named if they then pass.
OR_AGAIN = || { [ $$? = 1 ] && $(RUN) -m pytest -q -m browser --second-try tests/site; }

.DEFAULT_GOAL := help
.PHONY: help book serve frameworks test test-all test-core test-chapter test-python test-code test-equations test-notebooks test-site test-live test-engines nbval cells rows notebooks chapter format lint lock ledger assertions claims bench bench-site bench-live coverage mutants planted reproduce pdf binder links sizes digit-weights gettext words language title screenshot handout autograder graders made-up-class release clean python book-environment test-environment core-tests browser remove-chapter rename-chapter slides hub-links

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */  make \1|/' | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "$(PYTHON) was not found: install Python 3.11 or later, or say which to use: make PYTHON=python3.12 book" >&2; exit 1; }
	@command -v git >/dev/null 2>&1 || { echo "git was not found: install git (https://git-scm.com)" >&2; exit 1; }

book-environment: python
	@$(PYTHON) -m tools.environment book

test-environment: python
	@$(PYTHON) -m tools.environment test

browser: test-environment
	@$(RUN) -m web.chromium

book: book-environment  ## execute every notebook and build the site
	@$(RUN) -m web.build

serve: book  ## build, then serve the site at http://localhost:8000
	@$(RUN) -m http.server --directory _build/html --bind 127.0.0.1 $(or $(PORT),8000)

frameworks: python  ## install TensorFlow, Keras and PyTorch, for chapters 19 to 21 (2 GB)
	@$(PYTHON) -m tools.environment frameworks

test: frameworks  ## run what a change can break: lint, package, equations, notebooks, site
	@$(MAKE) --no-print-directory core-tests CHOICE=--quick
	@echo "Left to make test-all, which CI runs: other browsers, and unchanged chapters run in their pages."

test-core: test-environment  ## the same without the frameworks, whose chapters are then not re-run
	@$(MAKE) --no-print-directory core-tests CHOICE=--quick

test-all: frameworks  ## run all tests, as CI does: also every chapter in its page, and other browsers
	@$(MAKE) --no-print-directory core-tests

core-tests: browser
	@$(MAKE) --no-print-directory lint
	@$(PYTEST) $(CHOICE) -m "not browser" tests
	@$(PYTEST) $(CHOICE) -m browser tests/site $(OR_AGAIN)

test-python: frameworks  ## run all tests that need no browser
	@$(MAKE) --no-print-directory lint
	@$(PYTEST) -m "not browser" tests

test-code: test-environment  ## test the package
	@$(PYTEST) tests/code

test-equations: test-environment  ## test the printed equations and their ledger
	@$(PYTEST) tests/equations

test-notebooks: test-environment  ## execute the notebooks if the build has not, compare with the stored outputs
	@$(PYTEST) tests/chapters

test-chapter: test-environment  ## test one chapter and what looks at the whole book, without a browser (NAME=25-star or 25)
	@$(MAKE) --no-print-directory lint
	@$(PYTEST) -m "not browser" --chapter "$$NAME" $(addprefix tests/,chapters claims code/exercises editions equations repository site)

nbval: test-environment  ## let nbval itself execute the notebooks and compare, strictly
	@$(RUN) -m web.kernel_environment -m pytest -q -n $(WORKERS) --dist loadscope -p no:randomly --nbval --nbval-current-env --nbval-cell-timeout 300 $$($(RUN) -m web.notebooks runnable)

test-site: test-environment browser  ## build the site and test it in Chromium
	@$(RUN) -m web.build
	@$(PYTEST) --quick tests/site tests/web

test-engines: test-environment  ## test the site in Firefox and WebKitGTK, where they are installed
	@$(RUN) -m web.build
	@$(PYTEST) tests/site/test_engines.py

test-live: test-environment browser  ## run every chapter's live cells in Chromium, compare with the stored outputs
	@$(RUN) -m web.build
	@$(PYTEST) tests/site/test_live_chapters.py

cells: test-environment  ## run every cell of the notebooks again, at once and in another order (takes long)
	@$(RUN) -m web.cells --again $(NOTEBOOKS)

rows: python  ## list the rows of chapter 21 that come out otherwise with the libraries as they are installed
	@$(RUN) -m tools.rows $(NOTEBOOKS)

notebooks: book-environment  ## execute the notebooks in place and store their outputs
	@$(RUN) -m web.notebooks run $(NOTEBOOKS)

chapter: test-environment  ## begin a chapter (NAME=25-star TITLE="The structure of a star", DATA=1 with data)
	@$(RUN) -m tools.chapter "$$NAME" "$$TITLE" $(if $(DATA),--data)
	@$(RUN) -m web.notebooks run "chapters/$$NAME.ipynb"
	@$(RUN) -m tools.ledger
	@$(RUN) -m tools.assertions

remove-chapter: test-environment  ## remove a chapter and all that only it needs (NAME=the file's name or number)
	@$(RUN) -m tools.chapter.removal "$$NAME"
	@$(MAKE) --no-print-directory format
	@$(RUN) -m tools.claims --page
	@$(RUN) -m tools.assertions

rename-chapter: test-environment  ## give a chapter's file another name (NAME=25-star TO=25-sun)
	@$(RUN) -m tools.chapter.renaming "$$NAME" "$$TO"
	@$(MAKE) --no-print-directory format
	@$(RUN) -m tools.assertions

format: test-environment  ## format code and notebooks, write the ledger
	@$(RUN) -m ruff format -q .
	@$(RUN) -m ruff check -q --fix-only .
	@$(RUN) -m web.notebooks tidy
	@$(RUN) -m tools.ledger

lint: test-environment  ## check code and notebooks without changing them
	@$(RUN) -m ruff format -q --check . || { echo "not formatted: make format" >&2; exit 1; }
	@$(RUN) -m ruff check -q .
	@$(RUN) -m web.notebooks check

lock: test-environment  ## write the locked lists of requirements from the chosen ones
	@$(RUN) -m tools.environment lock

ledger: book-environment  ## write the ledger of equations
	@$(RUN) -m tools.ledger

assertions: book-environment  ## list how much the tests demand, after reading what has become weaker
	@$(RUN) -m tools.assertions

claims: test-environment  ## run the chapters' experiments on unseen cases, where stale (LABELS="..." or ALL=1)
	@$(RUN) -m tools.claims $(if $(ALL),--all) $(LABELS)

bench: book-environment  ## time training against a hand-optimised loop, scikit-learn and PyTorch
	@$(ONE_THREAD) $(RUN) benchmarks/train.py

bench-site: browser book  ## measure how many bytes and seconds each page takes in a browser
	@$(RUN) -m tools.bench_site $(DOCUMENTS)

bench-live: browser book  ## measure how soon Python runs on a page (BASE=/path/of/another/site compares)
	@$(RUN) -m tools.bench_live $(BASE)

coverage: frameworks  ## measure how much of the package its tests reach (branches: at least 98 %)
	@mkdir -p _build
	@COVERAGE_FILE=_build/coverage $(RUN) -m pytest -q -n $(WORKERS) --dist loadscope --cov=backprop --cov-branch --cov-report=term-missing:skip-covered --cov-report=json:_build/coverage.json --cov-fail-under=98 tests/code tests/frameworks
	@$(RUN) -c "import json; share = json.load(open('_build/coverage.json'))['totals']['percent_branches_covered']; print(f'branches: {share:.1f} %'); raise SystemExit(share < 98)"

mutants: test-environment  ## change the package in thousands of places: its tests must notice 95 % (MODULES="costs layers")
	@WORKERS=$(WORKERS) $(RUN) -m tools.mutants $(MODULES)

planted: test-environment  ## plant errors in a copy of the book: each must turn its guard red
	@$(RUN) -m tools.plant

reproduce: test-environment  ## run notebooks again with other threads and instruction sets (RUNS=10 NOTEBOOKS="...")
	@$(RUN) -m tools.reproduce $(if $(RUNS),--runs $(RUNS)) $(NOTEBOOKS)

pdf: test-environment browser book  ## print the whole book into one PDF
	@$(RUN) -m web.pdf.printing

slides: book  ## make slides for the lectures of the plan, from the pages of the site
	@$(RUN) -m web.slides

binder: test-environment  ## take Binder's steps in a clean environment, and run a chapter there
	@$(RUN) -m tools.binder $(NOTEBOOKS)

gettext: book-environment  ## collect the sentences of all pages for translators, into _build/gettext
	@$(RUN) -m web.build gettext

words: book-environment  ## keep the catalogues of fixed words in step with the code
	@$(RUN) -m tools.words

language: book-environment  ## let the book be in another language (LANGUAGE=nb)
	@$(RUN) -m tools.words "$$LANGUAGE"

links: book-environment  ## check the links to the outside
	@$(RUN) -m web.build links

digit-weights: book-environment  ## train the network of chapter 15 again and store it for its figure
	@$(RUN) -m tools.digit_weights

sizes: book-environment  ## measure time and memory of every chapter, for chapters/teaching.md
	@$(RUN) -m tools.sizes

title: book-environment  ## give the book another title wherever it is printed (TITLE="...")
	@$(RUN) -m tools.title "$$TITLE"

screenshot: browser book  ## take the picture at the top of the README
	@$(RUN) -m tools.screenshot

handout: book-environment  ## write the notebooks without solutions, for students (BRANCH=handout: commit them there)
	@$(RUN) -m tools.editions handout $(if $(BRANCH),--branch "$$BRANCH")

hub-links: book-environment  ## print links to the handout for a JupyterHub (HUB=https://..., BRANCH=handout)
	@$(RUN) -m tools.editions links "$$HUB" $(if $(BRANCH),--branch "$$BRANCH")

autograder: book-environment  ## write assignments for nbgrader and otter-grader (EXERCISES="hidden-delta softmax-delta" or "09")
	@$(RUN) -m tools.editions autograder $(EXERCISES)

graders: python  ## install nbgrader and otter-grader in an environment of their own
	@$(PYTHON) -m venv _build/graders
	@_build/graders/bin/python -m pip install --quiet -r requirements/graders.in

made-up-class: book-environment graders  ## let a grader mark fifty made-up students (ENGINE=otter); needs bubblewrap
	@$(RUN) -m tools.editions autograder 09
	@$(RUN) -m tests.editions.made_up_class $(or $(ENGINE),nbgrader) _build/made-up-class

release: test-environment browser  ## check a version, and build what is published into dist/
	@$(RUN) -m tools.release

clean:  ## remove everything that was made, the environment included
	rm -rf $(VENV) _build
