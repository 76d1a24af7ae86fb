package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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
