package main_test

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/config"
)

// documents are the texts of this repository, by path from the root.
func documents(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		paths, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		require.NoError(t, err)
		for _, path := range paths {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			name, err := filepath.Rel(root, path)
			require.NoError(t, err)
			texts[filepath.ToSlash(name)] = string(text)
		}
	}
	require.Contains(t, texts, "CONTRIBUTING.md")
	require.Contains(t, texts, "docs/architecture.md")
	return texts
}

func TestDocumentsLinkToExistingFiles(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for name, text := range documents(t) {
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			_, err := os.Stat(filepath.Join("..", "..", filepath.Dir(name), found[1]))
			require.NoError(t, err, name)
		}
	}
}

func TestDocumentsNameExistingMakeTargets(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
	require.NoError(t, err)
	mention := regexp.MustCompile("(?m)(?:`|^    )make ([a-z]+)")
	mentioned := 0
	for name, text := range documents(t) {
		for _, found := range mention.FindAllStringSubmatch(text, -1) {
			mentioned++
			require.True(t, strings.Contains("\n"+string(raw), "\n"+found[1]+":"), "%s: make %s", name, found[1])
		}
	}
	require.Greater(t, mentioned, 6)
}

// codeSpan matches what stands between backticks on one line.
var codeSpan = regexp.MustCompile("`([^`\n]+)`")

func codeSpans(text string) (spans []string) {
	for _, found := range codeSpan.FindAllStringSubmatch(text, -1) {
		spans = append(spans, found[1])
	}
	return spans
}

// callTexts are the literal texts that the product passes to the functions of these names.
func callTexts(t *testing.T, functions ...string) (texts []string) {
	t.Helper()
	for _, s := range readSources(t) {
		if strings.HasSuffix(s.path, "_test.go") || strings.Contains(s.path, "/sandbox/") || strings.HasPrefix(s.path, "cmd/bot/soak/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !slices.Contains(functions, functionName(call)) {
				return true
			}
			for _, argument := range call.Args {
				if text, ok := literalText(argument); ok {
					texts = append(texts, text)
				}
			}
			return true
		})
	}
	return texts
}

// functionName is the name of the called function without its package or receiver.
func functionName(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func literalText(e ast.Expr) (string, bool) {
	literal, ok := e.(*ast.BasicLit)
	if !ok {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}

// sentence matches a code span of several words that is neither a shell command nor a key.
var sentence = regexp.MustCompile(`^[A-Za-z]+,?( [A-Za-z]+[,:;]?| …)+$`)

func TestOperationsGuideQuotesExistingLogLinesAndErrors(t *testing.T) {
	t.Parallel()
	lines, errors := callTexts(t, "Msg"), callTexts(t, "New", "Errorf")
	quoted := 0
	for _, span := range codeSpans(documents(t)["docs/operations.md"]) {
		if !sentence.MatchString(span) || strings.HasPrefix(span, "bot ") {
			continue
		}
		quoted++
		for part := range strings.SplitSeq(span, " … ") {
			isPart := func(text string) bool { return strings.Contains(text, part) }
			require.True(t, slices.Contains(lines, span) || slices.ContainsFunc(errors, isPart), "nothing logs %q", part)
		}
	}
	require.Greater(t, quoted, 12)
}

// metricSpan matches the name of a metric, which may leave out what all names begin with.
var metricSpan = regexp.MustCompile(`^(?:roombot)?(_[a-z_]+)(?:\{[a-z,]+\})?$`)

func TestOperationsGuideNamesTheRegisteredMetrics(t *testing.T) {
	t.Parallel()
	var named []string
	for _, span := range codeSpans(documents(t)["docs/operations.md"]) {
		if name := metricSpan.FindStringSubmatch(span); name != nil {
			named = append(named, strings.TrimPrefix(name[1], "_"))
		}
	}
	slices.Sort(named)
	require.Equal(t, registeredMetrics(t), slices.Compact(named))
}

// registeredMetrics are the names of the bot's metrics, without what all begin with.
func registeredMetrics(t *testing.T) (names []string) {
	t.Helper()
	isName := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	add := func(e ast.Expr) {
		if text, ok := literalText(e); ok && isName.MatchString(text) {
			names = append(names, text)
		}
	}
	for _, s := range readSources(t) {
		if path.Dir(s.path) != "bot" || !strings.HasPrefix(path.Base(s.path), "metrics") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				switch functionName(n) {
				case "counters", "histograms":
					add(n.Args[0])
				case "add":
					add(n.Args[1])
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Name" {
					add(n.Value)
				}
			}
			return true
		})
	}
	slices.Sort(names)
	require.Greater(t, len(names), 25)
	return names
}

// keySpan matches a configuration key of several parts.
var keySpan = regexp.MustCompile(`^[a-z][A-Za-z]*(\.[a-z][A-Za-z]*(\[\])?)+$`)

// isFileName reports whether what looks like a key is the name of a file.
func isFileName(span string) bool {
	return slices.Contains([]string{".db", ".go", ".json", ".md", ".mod", ".pem", ".yaml", ".lock"}, path.Ext(span))
}

func TestDocumentsNameExistingConfigurationKeys(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, key := range config.Keys() {
		for at := key.Path; at != "."; at = strings.TrimSuffix(at, path.Ext(at)) {
			known[at], known[strings.TrimPrefix(at, "roombot.")] = true, true
			if !strings.Contains(at, ".") {
				break
			}
		}
	}
	named := 0
	for name, text := range documents(t) {
		for _, span := range codeSpans(text) {
			if !keySpan.MatchString(span) || isFileName(span) {
				continue
			}
			named++
			require.True(t, known[span], "%s: there is no key %s", name, span)
		}
	}
	require.Greater(t, named, 50)
}

func TestDocumentsNameExistingSourceFiles(t *testing.T) {
	t.Parallel()
	var paths []string
	for _, s := range readSources(t) {
		paths = append(paths, "/"+s.path)
	}
	file := regexp.MustCompile(`[^*a-z_/]([a-z][a-z_/]*\.go)\b`)
	for name, text := range documents(t) {
		if path.Base(name) == "sandbox.md" {
			continue // shows files of somebody else's bot
		}
		for _, found := range file.FindAllStringSubmatch(text, -1) {
			isFile := func(path string) bool { return strings.HasSuffix(path, "/"+found[1]) }
			require.True(t, slices.ContainsFunc(paths, isFile), "%s: there is no %s", name, found[1])
		}
	}
}

func TestArchitectureShowsExistingFolders(t *testing.T) {
	t.Parallel()
	folders := regexp.MustCompile(`(?m)^ {4,}((?:[a-z/]+/ +)+)`)
	parent, shown := "", 0
	for _, found := range folders.FindAllStringSubmatch(documents(t)["docs/architecture.md"], -1) {
		for folder := range strings.FieldsSeq(found[1]) {
			at := folder
			if !isFolder(at) {
				at = path.Join(parent, folder)
			}
			require.True(t, isFolder(at), "there is no %s", folder)
			shown++
		}
		if first := strings.Fields(found[1])[0]; isFolder(first) {
			parent = first
		}
		if strings.HasPrefix(parent, "symphony") {
			parent = "symphony" // folders of the sandbox are shown from there
		}
	}
	require.Greater(t, shown, 20)
}

func isFolder(fromRoot string) bool {
	info, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(fromRoot)))
	return err == nil && info.IsDir()
}
