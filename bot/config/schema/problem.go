package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in a file.
type Problem struct {
	File    string // the file as the caller named it
	Path    string // where in the document: agent.loadBalancing.nodes[1].host; empty for the file as a whole
	Line    int    // from 1; 0 when the problem has no place in the file
	Column  int    // from 1, in characters
	Message string // what is wrong; never holds the value of a secret or of an environment variable
	Fix     string // what to write instead; may be empty
}

// Error is the problem on one line: "config.json:12:5: bot.username: is missing; write …".
func (f Problem) Error() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", f.Line, f.Column)
	}
	if f.Path != "" {
		b.WriteString(": " + f.Path)
	}
	b.WriteString(": " + f.Message)
	if f.Fix != "" {
		b.WriteString("; " + f.Fix)
	}
	return b.String()
}

// Problems are all mistakes, in the order of the file. As an error it is never empty.
type Problems []Problem

// Error has one line for each problem.
func (f Problems) Error() string {
	lines := make([]string, len(f))
	for i, problem := range f {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Err returns the problems in the order of their files and lines, or nil when there are none.
func (f Problems) Err() error {
	if len(f) == 0 {
		return nil
	}
	files := map[string]int{}
	for i, problem := range slices.Backward(f) {
		files[problem.File] = i // where the file first comes
	}
	sorted := slices.Clone(f)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(files[a.File], files[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return sorted
}
