//go:build race

package testrun

// raceFactor is by how much fewer tests run at once: with the race detector each takes several
// times as long.
const raceFactor = 4
