# ratebench: make help lists the targets.

.DEFAULT_GOAL := help
SHELL := /bin/sh
GO ?= go
BIN := bin/ratebench
SCENARIOS := $(sort $(wildcard scenarios/*.yaml))

# Builds do not depend on where the tree lies, so that a second copy of it takes neither
# the time nor the disk of a second build.
export GOFLAGS := $(strip $(GOFLAGS) -trimpath)

# check uses the race detector, which needs a C compiler.

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
	@$(GO) run ./harness/internal/findings/generate results
	@cd results && $(SUMS) >SHA256SUMS

# The checksums of all that comes out of a benchmark in virtual time, the same
# every time. What is measured in real time is not among it.
SUMS := find $(notdir $(SCENARIOS:.yaml=)) README.md figures.json survival.svg survival-dark.svg gain.svg gain-dark.svg -type f ! -path '*/events/*' ! -name '*.png' | LC_ALL=C sort | xargs sha256sum

.PHONY: pages
pages: build ## make the pages and charts again from the data in results
	$(BIN) report results >/dev/null
	@$(GO) run ./harness/internal/findings/generate results >/dev/null

.PHONY: measure
measure: build ## measure blog.yaml in real time with each client in a process of its own: results/measured
	mkdir -p results/measured
	$(BIN) run --clock real --isolate --block-after 0 --every 0s -o results/measured scenarios/blog.yaml >results/measured/blog.txt

.PHONY: test
test: ## run the tests, a part of what has many cases (-short): under a minute
	$(GO) test -short -vet=off -shuffle=on -p $(PACKAGES) $(FIRST) ./...

.PHONY: full
full: ## run all of the tests: a minute and a half
	$(GO) test -vet=off -shuffle=on -p $(PACKAGES) $(FIRST) ./...

# What takes longest is begun first, most of it waiting for real time.
FIRST = ./harness/isolate ./harness/command ./harness

# How many packages are tested at a time: two for each core, because some of them wait
# for other processes and for real time. Make vet has looked at the code.
PACKAGES = $(shell expr 2 '*' "$$(nproc)")

.PHONY: fuzz
fuzz: ## run each fuzz target for 20 s, little of it to make inputs smaller
	@grep -rlE '^func Fuzz' --include=*_test.go . | xargs -n1 dirname | sort -u | while read -r dir; do \
	  for f in $$(grep -hoE '^func Fuzz[A-Za-z0-9]+' $$dir/*_test.go | sed 's/func //'); do \
	    echo "$$dir $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 20s -fuzzminimizetime 10x $$dir || exit 1; \
	  done; done

.PHONY: soak
soak: ## put every strategy of chaos.yaml, and processes that share a limit, through 24 virtual hours, and what promises no 429 through bad clocks and connections; the ledger in Redis through longer traces
	RATEBENCH_SOAK=24h $(GO) test -count=1 -v -timeout 10m -run '^TestSoak(Budgets)?$$' ./harness
	RATEBENCH_DRIFT_TIME=24h $(GO) test -count=1 -timeout 1h -run '^TestNoRefusalsWhateverTheClocks$$' ./harness
	RATEBENCH_LEDGER_STEPS=3000 $(GO) test -count=1 -run '^Test(Miniredis|RedisServer)DecidesAsTheLedger$$' ./clients/budget/redis
	RATEBENCH_WIRE_TIME=60s $(GO) test -count=1 -timeout 20m -parallel 4 -run '^TestTransportOverTroubledSockets$$' ./clients/pace

.PHONY: exhaustive
exhaustive: ## find out how near tune comes to the best of a grid four times as fine, in half an hour
	RATEBENCH_EXHAUSTIVE='$(addprefix $(CURDIR)/scenarios/,blog.yaml distant.yaml heavy-tail.yaml) $(CURDIR)/harness/tune/testdata/shopify.yaml $(CURDIR)/harness/tune/testdata/binance.yaml' \
	  $(GO) test -count=1 -v -timeout 2h -run '^TestTunedIsNearTheBestOfAll$$' ./harness/tune

.PHONY: null
null: ## find out how often compare sees a change where there is none: an hour and a half
	RATEBENCH_NULL=20 $(GO) test -count=1 -v -timeout 3h -run '^TestNullExperiment$$' ./harness/compare

.PHONY: load
load: ## find out what the server can take, and what processes that share a limit get, on a machine that has nothing else to do
	RATEBENCH_LOADTEST=1 $(GO) test -count=1 -v ./harness/internal/loadtest
	RATEBENCH_LOADTEST=1 $(GO) test -count=1 -v -run '^TestLeasesOfAThousandASecond$$' ./clients/budget/redis

.PHONY: perf
perf: ## print what the machinery costs, side by side with ratios: some two minutes
	$(GO) run ./harness/internal/perf

# Where the machines are whose tests have to notice small faults.
MUTATED = server server/policy server/ledger server/front clients clients/nonce clients/internal/flights \
  clients/pace clients/pace/internal/cost clients/pace/internal/keytable clients/pace/internal/pausing \
  clients/pace/internal/tries clients/pace/internal/waiting clients/pace/internal/wire \
  clients/limiter clients/limiter/internal/instant clients/limiter/internal/ring clients/limiter/bucket \
  clients/limiter/feedback clients/budget harness/metrics harness/theory

.PHONY: mutate
mutate: ## make small faults, one at a time, 20 in each of 22 packages, and count those that a package's own tests catch: eight minutes
	$(GO) run ./harness/internal/mutate -n 20 $(MUTATED)

.PHONY: check
check: format vet staticcheck full race reproduce fresh ## everything CI checks

# The packages that start goroutines or share anything between them. The race
# detector is ten times as slow and finds nothing in the others; it needs no
# more than a fifth of the random cases (-short). SINGLE is left out, which takes
# long and shares nothing that the tests of pace, server, live and the other tests
# of the same package do not: one run in virtual time after the other, more policies
# between the same client and the same handler as in HTTPAgreesWithTheKernel, one
# call of a store after the other, one digit or bad answer after the other,
# what is built in another process, and how fast serve is, which it is not with the
# race detector.
SINGLE = Imports ServerAndClientsDoNotMeet FarImports MutantsOfThisRepositoryParse \
  PacingOfAPIs PresetsHaveASuitableClient PresetsRun RandomScenarios Claims \
  NoRunIsAboveItsBound LimitsAreKept StepsAndStacksAgree EventsReplay RandomEventsReplay \
  NoRefusalsWhateverTheClocks NoRefusalsWithoutAnySlack Soak SoakBudgets LedgerBalancesAtEveryEvent PerRequestCost CarefulStrategiesKeepTheirBounds \
  PoliciesAgreeInBothWorlds KindsAgreeInBothWorlds StagesAgreeInBothWorlds QueuesAgreeInBothWorlds KindsAgreeWithAnOpenAPI \
  MiniredisDecidesAsTheLedger RedisServerDecidesAsTheLedger Throughput InjectedLatency \
  DecimalDigits NoWindowHoldsMore IdealClientFigures StaleTimersDoNotPileUp AsDiscord AsDiscordStrictly AsGitHub
none :=
CONCURRENT = $(shell grep -lE '^[[:space:]]*go [a-z]|"sync"|"sync/atomic"|/errgroup"' \
  $$(git ls-files '*.go' ':!*_test.go') | xargs -n1 dirname | sort -u | sed 's|^|./|')

.PHONY: race
race: ## run the tests of what is concurrent with the race detector
	GORACE=atexit_sleep_ms=0 $(GO) test -race -short -vet=off -shuffle=on -p $(PACKAGES) -skip '^Test($(subst $(none) $(none),|,$(strip $(SINGLE))))$$' $(CONCURRENT)

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
reproduce: build ## check that the virtual results come out again, byte for byte, and that the committed ones are those
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && cp README.md "$$tmp/README.md" && \
	  $(BIN) run -q --output "$$tmp/results" $(SCENARIOS) && \
	  $(GO) run ./harness/internal/findings/generate -readme "$$tmp/README.md" "$$tmp/results" >/dev/null 2>&1 && \
	  (cd "$$tmp/results" && $(SUMS)) | diff results/SHA256SUMS - && \
	  (cd "$$tmp/results" && sha256sum --check --quiet --strict "$(CURDIR)/results/SHA256SUMS") && \
	  (cd results && sha256sum --check --quiet --strict --ignore-missing SHA256SUMS) && \
	  diff README.md "$$tmp/README.md" && \
	  echo "$(words $(SCENARIOS)) scenarios and the findings came out again byte for byte" || \
	  { echo "the results do not come out again: run make bench and commit it"; exit 1; }

# What a scenario expects holds for other seeds than those it was written by.
.PHONY: fresh
fresh: build ## check the expectations of all scenarios on fresh seeds
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && \
	  $(BIN) run -q --seed 1001 --runs 8 --output "$$tmp" $(SCENARIOS) >"$$tmp/tables" || { cat "$$tmp/tables"; exit 1; } && \
	  echo "what $(words $(SCENARIOS)) scenarios expect holds on fresh seeds"

.PHONY: clean
clean: ## remove what was built
	rm -rf bin
