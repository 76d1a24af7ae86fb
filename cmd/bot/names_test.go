package main_test

import (
	"go/ast"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// loneParticiple matches names such as carried, moved or taken: what was done, but not to what.
var loneParticiple = regexp.MustCompile(`^[a-z]+(ed|en)$`)

// allowedNames are functions that loneParticiple matches and whose names say what they do.
var allowedNames = map[string]string{
	"forbidden":    "a refusal of that kind, beside invalid and notFound",
	"unauthorized": "a refusal of that kind, beside forbidden",
	"feed":         "a noun: the datafeed",
	"listen":       "a verb, as in net.Listen",
	"need":         "a verb: what is needed follows in the arguments",
	"open":         "a verb, as in os.Open",
	"shorten":      "a verb: the text follows in the arguments",
	"token":        "a noun, of a lexer or a session",
	"parsed":       "the result of the parser, in a parser and its tests",
}

func TestNoFunctionIsNamedByALoneParticiple(t *testing.T) {
	t.Parallel()
	var found []string
	for _, s := range readSources(t) {
		for _, declaration := range s.file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && loneParticiple.MatchString(function.Name.Name) && allowedNames[function.Name.Name] == "" {
				found = append(found, s.place(function.Pos())+" "+function.Name.Name)
			}
		}
	}
	require.Empty(t, found, "name each by a verb and its object, or give a reason in allowedNames")
}
