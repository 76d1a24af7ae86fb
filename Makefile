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
	go test -run '^$$' -fuzz FuzzParse -fuzztime 30s ./commands/syntax
	go test -run '^$$' -fuzz FuzzRead -fuzztime 30s ./symphony/messageml
	go test -run '^$$' -fuzz FuzzLoad -fuzztime 30s ./bot/config

build: ## one static binary, dist/roombot
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o dist/roombot ./cmd/bot

ci: ## what a change must pass
	.ci/run

.PHONY: help sandbox test race bench fuzz build ci
