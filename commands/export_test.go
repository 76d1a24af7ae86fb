package commands

import (
	"flag"
	"slices"
	"strings"

	"roombot/symphony"
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
	env := &Env{Contact: contact, Self: symphony.User{DisplayName: "Roombot"}}
	for c, text := range causeTexts {
		if text.next == "" && strings.Contains(reply, text.what) {
			found = append(found, "cause "+string(c))
		}
		if strings.Contains(reply, c.explain(env, true)) || strings.Contains(reply, c.explain(env, false)) {
			found = append(found, "cause "+string(c))
		}
	}
	slices.Sort(found)
	return found
}
