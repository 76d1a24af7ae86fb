package commands_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
)

const replyFiles = "testdata/replies"

// entry is a situation and the reply that a person reads in it.
type entry struct {
	situation string
	reply     commands.Reply
}

// streamIDs are random, so that golden files hold … in their place.
var streamIDs = regexp.MustCompile(`streamId=[\w%-]+`)

// requireReplies compares the entries with their golden file, in which they can be read one after
// the other: a line with the situation and the codes, then the reply.
func requireReplies(t *testing.T, file string, entries []entry) {
	t.Helper()
	var b strings.Builder
	for i, e := range entries {
		if i > 0 {
			b.WriteString("\n\n")
		}
		requireKnownToBeOpen(t, e)
		text := streamIDs.ReplaceAllString(plain(e.reply), "streamId=…")
		codes := append([]string{e.reply.Code}, commands.CausesIn(text, contact)...)
		fmt.Fprintf(&b, "=== %s [%s]\n\n%s\n", e.situation, strings.Join(codes, ", "), text)
	}
	path := filepath.Join(replyFiles, file)
	if *commands.Update {
		require.NoError(t, os.MkdirAll(replyFiles, 0o755))
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String(), "what users read changed: go test ./commands -update")
}

// entryCodes are the codes in brackets of a line of a golden file.
var entryCodes = regexp.MustCompile(`(?m)^=== .* \[(.*)\]$`)

func TestEveryCodeHasAReplyInTheGoldenFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(replyFiles + "/*.txt")
	require.NoError(t, err)
	var shown []string
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, found := range entryCodes.FindAllStringSubmatch(string(raw), -1) {
			shown = append(shown, strings.Split(found[1], ", ")...)
		}
	}
	for _, folder := range []string{".", "syntax"} {
		for code, at := range codesIn(t, folder) {
			require.Contains(t, shown, code, "%s: no golden file shows what a user reads", at)
		}
	}
}

// codesIn are the outcome codes, causes and error codes that the source of a folder names, with the
// place: constants called Code… or of type Code or Cause, and texts that are a Code field.
func codesIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	fset, codes := token.NewFileSet(), map[string]string{}
	note := func(prefix string, e ast.Expr) {
		if text, ok := e.(*ast.BasicLit); ok && text.Kind == token.STRING {
			code, err := strconv.Unquote(text.Value)
			require.NoError(t, err)
			codes[prefix+code] = fset.Position(text.Pos()).String()
		}
	}
	for _, file := range slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") }) {
		parsed, err := parser.ParseFile(fset, file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				kind, _ := n.Type.(*ast.Ident)
				name, prefix := n.Names[0].Name, ""
				if kind != nil && kind.Name == "Cause" {
					prefix = "cause "
				}
				if strings.HasPrefix(name, "Code") || kind != nil && (kind.Name == "Code" || kind.Name == "Cause") {
					for _, value := range n.Values {
						note(prefix, value)
					}
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Code" {
					note("", n.Value)
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "textReply" {
					note("", n.Args[0])
				}
			}
			return true
		})
	}
	require.NotEmpty(t, codes)
	return codes
}
