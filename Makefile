.DEFAULT_GOAL := help

# The git tag, with the distance from it; empty without one, and the program says the version of its source.
VERSION ?= $(shell git describe --tags --match 'v*' --dirty 2>/dev/null)
# The commit; -dirty where the source differs from it.
COMMIT ?= $(shell git describe --always --abbrev=12 --exclude '*' --dirty 2>/dev/null)
STAMP := -X main.version=$(VERSION) -X main.commit=$(COMMIT)
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

help: ## show this
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

sandbox: ## a pod, the bot and a chat page on this machine
	go run -ldflags '$(STAMP)' ./cmd/bot sandbox

build: ## one static binary, dist/roombot
	CGO_ENABLED=0 go build -trimpath -pgo cmd/bot/bot.pgo -ldflags '-s -w $(STAMP)' -o dist/roombot ./cmd/bot

profile: ## cmd/bot/bot.pgo, which make build optimizes the bot for, measured
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && set -x && \
	CGO_ENABLED=0 go build -trimpath -o "$$dir/roombot" ./cmd/bot && \
	"$$dir/roombot" bench --rate 0 --at-once 1 --commands 3000 --cpu-profile "$$dir/one-at-a-time" && \
	"$$dir/roombot" bench --rate 0 --commands 6000 --cpu-profile "$$dir/loaded" && \
	go tool pprof -proto -output cmd/bot/bot.pgo "$$dir/one-at-a-time" "$$dir/loaded"

test: ## all tests
	go test ./...

race: ## all tests under the race detector
	go test -race -timeout 20m ./...

lint: ## the linters of .golangci.yaml
	go run $(GOLANGCI_LINT) run ./...

bench: ## benchmarks of single packages
	go test -run '^$$' -bench . -benchmem ./bot/... ./commands/... ./symphony/...

figures: build ## the tables of docs/trials.md, measured; BEFORE=PROGRAM POSTGRES=URL TABLES="rest size"
	go run ./cmd/bot/bench/figures -before '$(BEFORE)' -postgres '$(POSTGRES)' tables $(TABLES)

plot: build ## docs/latency.svg, measured
	go run ./cmd/bot/bench/figures plot docs/latency.svg

fuzz: ## each parser for half a minute
	@grep -rn --include='*_test.go' '^func Fuzz' . | sed -E 's|^(.*)/[^/]+:[0-9]+:func (Fuzz[A-Za-z0-9]+).*|\1 \2|' | \
	while read -r folder name; do go test -run '^$$' -fuzz "^$$name\$$" -fuzztime 30s "$$folder" </dev/null || exit 1; done

notices: ## licences of all that the program contains, dist/THIRD_PARTY_NOTICES
	@mkdir -p dist
	deploy/notices > dist/THIRD_PARTY_NOTICES

ci: ## what a change must pass
	.ci/run

.PHONY: help sandbox build profile test race lint bench figures plot fuzz notices ci
