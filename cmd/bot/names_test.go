package main_test

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// loneParticiple matches names such as carried, taken or listing: what is done, but not to what.
var loneParticiple = regexp.MustCompile(`^[A-Za-z][a-z]*(ed|en|ing)$`)

// subjectless are irregular participles, pronouns and other words whose subject only the author
// knows.
var subjectless = strings.Fields(`
	been brought built done felt found gone had heard held hung kept known left let lost made meant met paid put read
	run said sent set shown sought sold spoken stood stuck sworn thought told torn understood withdrawn won worn
	about another anybody anything behind beside both current discreet everybody everything good idle many nameless
	nobody nothing others outside short somebody something that this those together visible what which who whom whose
`)

// allowedNames are functions that these match and whose names say what they do.
var allowedNames = map[string]string{
	"Called":       "tells an observer, after a call",
	"Changed":      "tells an observer, after a change",
	"Checked":      "whether a checkbox is, as HTML calls it",
	"Closed":       "tells an observer, after the end",
	"Denied":       "a refusal of that kind, as Error is an error",
	"Done":         "a channel that is closed at the end, as in context.Context",
	"Expired":      "a refusal of that kind, beside Denied",
	"Feed":         "a noun: the datafeed",
	"Heading":      "a noun: an element of a message",
	"Open":         "a verb, as in os.Open",
	"Read":         "a verb, as in io.Reader",
	"Refused":      "asserts it of an answer, beside OK",
	"Run":          "a verb, as in testing.T",
	"Set":          "a verb, as in flag.Value",
	"String":       "of fmt.Stringer",
	"feed":         "a noun: the datafeed",
	"forbidden":    "a refusal of that kind, beside invalid and notFound",
	"listen":       "a verb, as in net.Listen",
	"open":         "a verb, as in os.Open",
	"read":         "a verb, as in io.Reader",
	"run":          "a verb, as in testing.T",
	"set":          "a verb, as in flag.Value",
	"unauthorized": "a refusal of that kind, beside forbidden",
}

func TestNoFunctionIsNamedByALoneParticiple(t *testing.T) {
	t.Parallel()
	var found []string
	for _, s := range readSources(t) {
		for _, declaration := range s.file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && isSubjectless(function.Name.Name, s.path) {
				found = append(found, s.place(function.Pos())+" "+function.Name.Name)
			}
		}
	}
	require.Empty(t, found, "name each by a verb and its object, or give a reason in allowedNames")
}

// isSubjectless reports whether a name does not say what it is about. parsed is the result of a
// parser, in its files.
func isSubjectless(name, file string) bool {
	if name == "parsed" && strings.HasPrefix(path.Base(file), "parse") {
		return false
	}
	return (loneParticiple.MatchString(name) || slices.Contains(subjectless, strings.ToLower(name))) && allowedNames[name] == ""
}

func TestEveryAllowedNameIsUsed(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range readSources(t) {
		for _, declaration := range s.file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok {
				used[function.Name.Name] = true
			}
		}
	}
	var unused []string
	for name := range allowedNames {
		if !used[name] {
			unused = append(unused, name)
		}
	}
	require.Empty(t, unused, "no functions any more: remove them from allowedNames")
}
