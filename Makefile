# Two commands are enough: `make run` and `make test`. Both set up what they need, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run dev test lint lock format weigh eval-import eval-search chaos bench fuzz audit lighthouse scale clean

help:
	@echo "make run     set up, load plans and example follow-up, serve on http://127.0.0.1:8000 (PORT=8001, EXAMPLE=no)"
	@echo "make dev     the same with DEBUG on, reloading when a file changes"
	@echo "make test    set up, find or install Chromium, LibreOffice and nginx, and run all tests (ARGS='-k compare' for some)"
	@echo "make lint    ruff, djade, mypy, missing migrations, deploy checks"
	@echo "make format  let ruff and djade rewrite what they can"
	@echo "make weigh   measure what a first and a repeated view weigh, in Chromium"
	@echo "make bench   measure how fast the site is, beside nginx with a static file (WRITE=docs/speed.md puts it there)"
	@echo "make lighthouse  let Lighthouse (fetched from npm) judge the main pages as on a phone; fails if a bound is missed"
	@echo "make eval-import  measure how many goals are found in plans of many layouts, and how well goals are lined up"
	@echo "make eval-search  measure how much of what readers search for is among the first five hits"
	@echo "make chaos   kill, freeze and fill everything in real processes, and print what came of it (ARGS='storm clock' for some, WRITE=docs/faults.md)"
	@echo "make scale   fill a database with all of Sweden (20 GB of disk, 20 minutes; SHARE=0.01 for a hundredth), and measure each screen"
	@echo "make fuzz    attack a site of its own with odd requests for MINUTES=60 (SEED=1 to repeat a run)"
	@echo "make audit   look for known holes in the libraries (needs the internet)"
	@echo "make lock    compile pyproject.toml to the two requirements.txt, with hashes"

# The stamp is what make looks at: as new as the pinned list that it was installed from.
$(VENV)/run: requirements.txt
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || \
		{ echo "Fel: Python 3.11 eller senare behövs. Ange den: make PYTHON=/sökväg/till/python3.11"; exit 1; }
	@test -x $(BIN)/pip || { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); } || { rm -rf $(VENV); \
		echo "Fel: Pythons venv saknas. Installera den (Debian och Ubuntu: apt-get install python3-venv)."; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
	@touch $@

$(VENV)/test: $(VENV)/run tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r tests/requirements.txt
	@touch $@

run: $(VENV)/run
	@exec $(BIN)/python manage.py run

dev: $(VENV)/run
	@DEBUG=1 $(BIN)/python manage.py prepare
	@DEBUG=1 exec $(BIN)/python manage.py runserver $${HOST:-127.0.0.1}:$${PORT:-8000}

test: $(VENV)/test
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.programs
	$(BIN)/python -m pytest -n 2 $(ARGS)

# The deploy checks speak of a real installation, so a database and a key are named; nothing is connected to.
lint: $(VENV)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check --target-version 5.2 $$(find templates -name '*.html')
	$(BIN)/mypy .
	$(BIN)/python manage.py makemigrations --check --dry-run
	DATABASE_URL=postgresql://checks SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(50))") \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

format: $(VENV)/test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djade --target-version 5.2 $$(find templates -name '*.html')

weigh: $(VENV)/test
	@$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.browser.weigh

lighthouse: $(VENV)/test
	@$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.lighthouse

eval-import: $(VENV)/test
	@$(BIN)/python -m tests.evaluation import

eval-search: $(VENV)/test
	@$(BIN)/python -m tests.evaluation search

chaos: $(VENV)/test
	@$(BIN)/python -m tests.chaos $(if $(WRITE),--write $(WRITE)) $(ARGS)

# Finds or installs nginx and wrk. ARGS='--goals 78 --rounds 2' for less.
bench: $(VENV)/test
	@$(BIN)/python -m tests.bench $(if $(WRITE),--write $(WRITE)) $(ARGS)

lock: $(VENV)/test
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
		--python-version 3.11 pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
		--python-version 3.11 --group dev -c requirements.txt -o tests/requirements.txt

# A folder of its own (SCALE_DIR, .data-scale), which is filled once for each SHARE. SCREENS='Search|Goal' for some.
scale: $(VENV)/test
	@$(BIN)/python -m tests.scale

fuzz: $(VENV)/test
	$(BIN)/python -m tests.fuzz $${MINUTES:-60} $(SEED)

# In an environment of its own, so that what looks at the libraries is none of them.
audit: $(VENV)/run
	@test -x $(VENV)/audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)/audit && \
		$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit; } || \
		{ echo "Fel: pip-audit kunde inte installeras."; exit 1; }
	@$(VENV)/audit/bin/pip-audit --requirement requirements.txt --require-hashes --disable-pip --strict $(ARGS) || \
		{ echo "Fel: listan över kända hål gick inte att nå, eller så har ett bibliotek ett. Se ovan."; exit 1; }

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
