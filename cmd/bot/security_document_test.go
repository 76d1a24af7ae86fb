package main_test

import (
	"go/ast"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// namedTest matches the name of a test, and of its part after a slash.
var namedTest = regexp.MustCompile("`(Test[A-Za-z0-9]+)(?:/([^`]+))?`")

// testSources are the files of the tests by name.
func testSources(t *testing.T) map[string]source {
	t.Helper()
	found := map[string]source{}
	for _, s := range readSources(t) {
		if !strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		for _, declared := range s.file.Decls {
			if f, ok := declared.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				found[f.Name.Name] = s
			}
		}
	}
	return found
}

func TestSecurityDocumentNamesAnExistingTestForEachTry(t *testing.T) {
	t.Parallel()
	tests := testSources(t)
	text := documents(t)["docs/security.md"]
	_, table, found := strings.Cut(text, "\n| try | what stops it | test |\n|---|---|---|\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")
	require.GreaterOrEqual(t, len(rows), 20)
	for _, row := range rows {
		require.Regexp(t, "^\\| .+ \\| .+ \\| `Test.+` \\|$", row)
	}
	named := 0
	for _, name := range namedTest.FindAllStringSubmatch(text, -1) {
		named++
		file, exists := tests[name[1]]
		require.True(t, exists, "there is no %s", name[1])
		require.True(t, name[2] == "" || hasText(file, name[2]), "%s has no part %q", name[1], name[2])
	}
	require.GreaterOrEqual(t, named, len(rows))
}

// hasText reports whether a file has a literal text.
func hasText(s source, text string) bool {
	literal := strconv.Quote(text)
	for _, line := range s.lines {
		if strings.Contains(line, literal) {
			return true
		}
	}
	return false
}

func TestSecurityDocumentHasEveryForbiddenTry(t *testing.T) {
	t.Parallel()
	text := documents(t)["docs/security.md"]
	tries := 0
	for _, s := range readSources(t) {
		if s.path != "bot/forbidden_test.go" {
			continue
		}
		for _, name := range regexp.MustCompile(`(?m)^\t("[^"]+"): +try[A-Z]`).FindAllStringSubmatch(strings.Join(s.lines, "\n"), -1) {
			tries++
			part, err := strconv.Unquote(name[1])
			require.NoError(t, err)
			require.Contains(t, text, "`TestForbiddenTriesFail/"+part+"`")
		}
	}
	require.GreaterOrEqual(t, tries, 20)
}
