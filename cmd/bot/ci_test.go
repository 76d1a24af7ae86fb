package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// checkReferences runs .ci/references in an empty checkout, beside a folder shared or without one.
func checkReferences(t *testing.T, withShared bool, env ...string) (out string, err error) {
	t.Helper()
	findTool(t, "bash")
	script, err := filepath.Abs(filepath.Join("..", "..", ".ci", "references"))
	require.NoError(t, err)
	parent := t.TempDir()
	checkout := filepath.Join(parent, "checkout")
	require.NoError(t, os.Mkdir(checkout, 0o700))
	if withShared {
		require.NoError(t, os.MkdirAll(filepath.Join(parent, "shared", "spec"), 0o700))
		require.NoError(t, os.MkdirAll(filepath.Join(parent, "shared", "payloads"), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(parent, "shared", "grammar-cases.json"), []byte("[]"), 0o600))
	}
	const show = `; print_skipped; echo "spec: ${SYMPHONY_API_SPEC:-}"; echo "cases: ${ROOMBOT_GRAMMAR_CASES:-}"` +
		`; echo "payloads: ${SYMPHONY_PAYLOADS:-}"`
	c := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", `. "$0"`+show, script)
	c.Dir, c.Env = checkout, append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	raw, err := c.CombinedOutput()
	return string(raw), err
}

func TestCIUsesTheReferencesBesideTheCheckout(t *testing.T) {
	t.Parallel()
	out, err := checkReferences(t, true)
	require.NoError(t, err, out)
	require.Regexp(t, `^spec: /.*/shared/spec\ncases: /.*/shared/grammar-cases.json\npayloads: /.*/shared/payloads\n$`, out)
}

func TestCISaysWhatACloneWithoutReferencesSkips(t *testing.T) {
	t.Parallel()
	out, err := checkReferences(t, false)
	require.NoError(t, err, out)
	require.Equal(t, `SKIPPED: conformance with the vendor's OpenAPI files (SYMPHONY_API_SPEC is not set)
SKIPPED: the grammar's reference cases (ROOMBOT_GRAMMAR_CASES is not set)
SKIPPED: recorded payloads (SYMPHONY_PAYLOADS is not set)
spec: 
cases: 
payloads: 
`, out)
}

func TestCIRefusesReferencesThatDoNotExist(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"SYMPHONY_API_SPEC", "ROOMBOT_GRAMMAR_CASES", "SYMPHONY_PAYLOADS"} {
		for _, withShared := range []bool{true, false} {
			out, err := checkReferences(t, withShared, name+"=/nowhere/at/all")
			require.Error(t, err)
			require.Equal(t, name+" names /nowhere/at/all, which does not exist\n", out)
		}
	}
}
