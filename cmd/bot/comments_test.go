package main_test

import (
	"fmt"
	"go/ast"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// Columns, a tab counting as one.
const (
	commentWidth  = 100 // of a comment on lines of its own
	trailingWidth = 140 // of a line of code with a comment behind it
)

func TestCommentsAreWrappedAtOneWidth(t *testing.T) {
	t.Parallel()
	var found []string
	for _, s := range readSources(t) {
		for _, group := range s.file.Comments {
			if isExampleOutput(group) {
				continue
			}
			for _, comment := range group.List {
				found = append(found, tooWide(s, comment)...)
			}
		}
	}
	require.Empty(t, found, "%d columns, or %d for a line with code", commentWidth, trailingWidth)
}

// isExampleOutput reports whether a comment is the expected output of an example.
func isExampleOutput(group *ast.CommentGroup) bool {
	text := strings.ToLower(group.Text())
	return strings.HasPrefix(text, "output:") || strings.HasPrefix(text, "unordered output:")
}

// tooWide lists the lines of a comment that are too wide.
func tooWide(s source, comment *ast.Comment) (places []string) {
	first := s.files.Position(comment.Pos()).Line
	last := s.files.Position(comment.End()).Line
	for n := first; n <= last; n++ {
		line := strings.TrimRight(s.lines[n-1], "\r")
		limit := commentWidth
		if text := strings.TrimSpace(line); n == first && !strings.HasPrefix(text, "//") && !strings.HasPrefix(text, "/*") {
			limit = trailingWidth
		}
		if width := utf8.RuneCountInString(line); width > limit && !isUnbreakable(line) {
			places = append(places, fmt.Sprintf("%s:%d: %d columns", s.path, n, width))
		}
	}
	return places
}

// unbreakable matches directives, preformatted lines such as tables, and lines of one word such as
// an address.
var unbreakable = regexp.MustCompile(`^\s*//([a-z]+:\S|\t|  | \S+$|.*\bhttps?://\S{30})`)

func isUnbreakable(line string) bool { return unbreakable.MatchString(line) }

func TestUnbreakableCommentsAreKnown(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"//nolint:containedctx // chromedp keeps the tab in it":                  true,
		"\t//go:generate something":                                              true,
		"//\tconfig:\"key,required\"   a table":                                  true,
		"//   a | table":                                                         true,
		"// https://example.com/an/address/that/has/no/blank":                    true,
		"// see https://docs.developers.symphony.com/a/long/address for details": true,
		"// a sentence that can be broken":                                       false,
	} {
		require.Equal(t, want, isUnbreakable(line), line)
	}
}
