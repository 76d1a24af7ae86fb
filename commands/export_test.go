package commands

import (
	"flag"
	"slices"
	"strings"
)

// Update is set by go test ./commands -update, which rewrites the golden files.
var Update = flag.Bool("update", false, "rewrite the golden files")

// NearestNames is nearestNames, for tests.
func NearestNames(text string, candidates []string, most int) []string {
	return nearestNames(text, candidates, most)
}

// CausesIn are the causes whose text stands in a reply, each as "cause C".
func CausesIn(reply string) []string {
	var found []string
	for c, text := range causeTexts {
		if strings.Contains(reply, text.what+". "+text.next) {
			found = append(found, "cause "+string(c))
		}
	}
	slices.Sort(found)
	return found
}
