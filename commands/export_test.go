package commands

import "flag"

// Update is set by go test ./commands -update, which rewrites the golden files.
var Update = flag.Bool("update", false, "rewrite the golden files")

// NearestNames is nearestNames, for tests.
func NearestNames(text string, candidates []string, most int) []string {
	return nearestNames(text, candidates, most)
}
