// Package podtest is for tests of the sandbox: a pod and its control API behind real HTTP, a bot's
// calls of it, and what its people do. Everything that goes wrong ends the test.
package podtest
