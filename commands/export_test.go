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

// CausesIn are the causes whose text stands in a reply with this contact, each as "cause C".
func CausesIn(reply, contact string) []string {
	var found []string
	for c := range causeTexts {
		if strings.Contains(reply, c.explain(contact, true)) || strings.Contains(reply, c.explain(contact, false)) {
			found = append(found, "cause "+string(c))
		}
	}
	slices.Sort(found)
	return found
}
