package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// layers are the packages from the lowest up. A package imports only packages of lower lines.
var layers = [][]string{
	{"rsa", "bot/approval", "bot/audit", "bot/testrun", "symphony/messageml", "symphony/outage", "commands/syntax", "symphony/sandbox/client"},
	{"symphony"},
	{"symphony/sandbox/markup", "symphony/sandbox/page", "symphony/sandbox/page/pagetest"},
	{"symphony/sandbox/world"},
	{"symphony/sandbox/rest"},
	{"symphony/sandbox"},
	{"symphony/sandbox/control"},
	{"symphony/sandbox/podtest"},
	{"commands"},
	{"bot/config/schema", "bot/engine/postgrestest"},
	{"bot/policy"},
	{"bot/policy/request"},
	{"bot/engine"},
	{"bot/config"},
	{"bot"},
	{"cmd/bot/trial"},
	{"cmd/bot/soak", "cmd/bot/bench"},
	{"cmd/bot/bench/figures"},
	{"cmd/bot"},
}

func TestPackagesImportLowerLayersOnly(t *testing.T) {
	t.Parallel()
	level := map[string]int{}
	for i, names := range layers {
		for _, name := range names {
			level[name] = i
		}
	}
	for path, imports := range productImports(t) {
		own, known := level[path]
		require.True(t, known, "%s has no place among the layers", path)
		for _, imported := range imports {
			below, known := level[imported]
			require.True(t, known, "%s imports %s, which has no place among the layers", path, imported)
			require.Less(t, below, own, "%s must not import %s", path, imported)
		}
	}
}

func TestTheSandboxsWorldKnowsNeitherHTTPNorJSON(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "..", "symphony", "sandbox", "world", "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range file.Imports {
			require.NotContains(t, []string{`"net/http"`, `"encoding/json"`}, spec.Path.Value, path)
		}
	}
}

func TestEveryDependencyHasItsReason(t *testing.T) {
	t.Parallel()
	modules, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	require.NoError(t, err)
	reasons, err := os.ReadFile(filepath.Join("..", "..", "docs", "dependencies.md"))
	require.NoError(t, err)
	direct := regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(modules), -1)
	require.NotEmpty(t, direct)
	for _, module := range direct {
		require.True(t, strings.Contains(string(reasons), "`"+module[1]+"`"), module[1])
	}
}

func TestOnlyTheProgramImportsTheSandbox(t *testing.T) {
	t.Parallel()
	const client = "symphony/sandbox/client" // also for what the program runs a sandbox with
	for path, imports := range productImports(t) {
		for _, imported := range imports {
			switch {
			case strings.HasPrefix(path, "symphony/sandbox"), !strings.HasPrefix(imported, "symphony/sandbox"):
			case imported == client && strings.HasPrefix(path, "cmd/bot/"):
			default:
				require.Equal(t, "cmd/bot", path, "%s imports %s", path, imported)
			}
		}
	}
}

func TestTheSandboxClientNeedsNothingOfOurs(t *testing.T) {
	t.Parallel()
	imports, known := productImports(t)["symphony/sandbox/client"]
	require.True(t, known)
	require.Empty(t, imports, "other people's tests import it")
}

func TestCommandsKnowNothingOfTheRuntime(t *testing.T) {
	t.Parallel()
	for path, imports := range productImports(t) {
		for _, imported := range imports {
			translates := path == "bot/config" || path == "bot/policy/request"
			if strings.HasPrefix(path, "bot/") && !translates {
				require.NotEqual(t, "commands", imported, "%s is decided without knowing the commands", path)
			}
		}
	}
}

// productImports lists, by folder, which packages of ours a package imports, tests aside.
func productImports(t *testing.T) map[string][]string {
	t.Helper()
	root := filepath.Join("..", "..")
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		folder = filepath.ToSlash(folder)
		found[folder] = append(found[folder], importsOfOurs(t, file)...)
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, found)
	return found
}

func importsOfOurs(t *testing.T, file *ast.File) []string {
	t.Helper()
	var names []string
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		if name, own := strings.CutPrefix(path, "roombot/"); own {
			names = append(names, name)
		}
	}
	return names
}
