.DEFAULT_GOAL := help

help: ## show this
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

sandbox: ## a pod, the bot and a chat page on this machine
	go run ./cmd/bot sandbox

test: ## all tests
	go test ./...

race: ## all tests under the race detector
	go test -race ./...

bench: ## latency of a command, and what it is made of
	go test -run '^$$' -bench . -benchmem ./bot/... ./commands/... ./symphony/...

fuzz: ## each parser for half a minute
	@grep -rn --include='*_test.go' '^func Fuzz' . | sed -E 's|^(.*)/[^/]+:[0-9]+:func (Fuzz[A-Za-z0-9]+).*|\1 \2|' | \
	while read -r folder name; do go test -run '^$$' -fuzz "^$$name\$$" -fuzztime 30s "$$folder" </dev/null || exit 1; done

build: ## one static binary, dist/roombot
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o dist/roombot ./cmd/bot

ci: ## what a change must pass
	.ci/run

.PHONY: help sandbox test race bench fuzz build ci
