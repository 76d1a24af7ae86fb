package commands_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// goldenEntry is one reply of a golden file, with its codes.
var goldenEntry = regexp.MustCompile(`(?s)^(.*?) \[([^\[\]]*)\]\n\n(.*)$`)

// nextStep is a button, among them those of a form.
var nextStep = regexp.MustCompile(`(?m)\[ [A-Z][^\[\]\n]* \]`)

// TestEveryRefusalHasANextStep walks all codes there are: each reply that says what did not work
// has a button, a form, or names whom to ask.
func TestEveryRefusalHasANextStep(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(replyFiles + "/*.txt")
	require.NoError(t, err)
	walked, refusals := map[string]bool{}, 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		for text := range strings.SplitSeq(strings.TrimPrefix(string(raw), "=== "), "\n=== ") {
			e := goldenEntry.FindStringSubmatch(text)
			require.NotNil(t, e, "%s: %q", file, text)
			for code := range strings.SplitSeq(e[2], ", ") {
				walked[code] = true
			}
			if !strings.ContainsAny(e[3], "✗⚠") {
				continue
			}
			refusals++
			if !nextStep.MatchString(e[3]) && !strings.Contains(e[3], contact) {
				t.Errorf("%s: %s leaves nothing to click and names nobody to ask:\n%s", filepath.Base(file), e[1], e[3])
			}
		}
	}
	require.Greater(t, refusals, 80)
	for _, folder := range []string{".", "syntax"} {
		for code, at := range codesIn(t, folder) {
			require.True(t, walked[code], "%s: %s is in no golden file", at, code)
		}
	}
}
