# ratebench: make help lists the targets.

.DEFAULT_GOAL := help
SHELL := /bin/sh
GO ?= go
BIN := bin/ratebench
SCENARIOS := $(sort $(wildcard scenarios/*.yaml))

# The race detector needs cgo; without a C compiler the tests run without it.
CC_FOUND := $(shell command -v gcc || command -v clang || command -v cc)
RACE := $(if $(CC_FOUND),-race)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.PHONY: build
build: ## build bin/ratebench
	$(GO) build -o $(BIN) ./harness/cmd/ratebench

.PHONY: bench
bench: build ## run every scenario in virtual time, and blog.yaml in real time beside it
	$(BIN) run $(SCENARIOS)
	$(BIN) run --clock real --block-after 0 --every 0s scenarios/blog.yaml

.PHONY: test
test: ## run the tests
	$(GO) test $(RACE) -shuffle=on ./...

.PHONY: fuzz
fuzz: ## run each fuzz target for 20 s
	@grep -rlE '^func Fuzz' --include=*_test.go . | xargs -n1 dirname | sort -u | while read -r dir; do \
	  for f in $$(grep -hoE '^func Fuzz[A-Za-z0-9]+' $$dir/*_test.go | sed 's/func //'); do \
	    echo "$$dir $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 20s $$dir || exit 1; \
	  done; done

.PHONY: check
check: format vet staticcheck test reproduce ## everything CI checks

.PHONY: format
format: ## check that the code is formatted and go.mod tidy
	@out=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$out" ] || { echo "gofmt would change:"; echo "$$out"; exit 1; }
	$(GO) mod tidy -diff

.PHONY: vet
vet: ## run go vet
	$(GO) vet ./...

.PHONY: staticcheck
staticcheck: ## run staticcheck
	$(GO) tool staticcheck ./...

.PHONY: reproduce
reproduce: build ## check that the committed virtual results come out again, byte for byte
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && \
	  $(BIN) run -q --output "$$tmp" $(SCENARIOS) && \
	  for s in $(basename $(notdir $(SCENARIOS))); do \
	    diff -r "results/$$s" "$$tmp/$$s" || { echo "results/$$s does not come out again: run make bench and commit it"; exit 1; }; \
	  done && echo "$(words $(SCENARIOS)) scenarios came out again byte for byte"

.PHONY: clean
clean: ## remove what was built
	rm -rf bin
