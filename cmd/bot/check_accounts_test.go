package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckWarnsOfAccountsThatAreNobody(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, "sandbox", "--no-bot", "--dir", dir, "--listen", "127.0.0.1:0").line("Page")
	path := filepath.Join(dir, "config.json")
	got, code := runCheck(t, path)
	require.Zero(t, code)
	require.Equal(t, checkResult{Name: "accounts", Level: levelOK, Detail: "the policy names 3"}, got["accounts"])

	const everybody = `    who: ["*"]`
	const named = `    who: [internal, "user:BOB", "user:bobb", "email:alice@acme.test", "email:alise@acme.test", "email:*@nowhere.com", "user:roombot"]`
	rules := filepath.Join(dir, "policy.yaml")
	raw, err := os.ReadFile(rules)
	require.NoError(t, err)
	require.Contains(t, string(raw), everybody)
	require.NoError(t, os.WriteFile(rules, []byte(strings.Replace(string(raw), everybody, named, 1)), 0o600))
	got, code = runCheck(t, path)
	require.Zero(t, code)
	require.Equal(t, levelWarning, got["accounts"].Level)
	require.Equal(t, "the policy names 8", got["accounts"].Detail)
	const nobody = ` is nobody in your company's directory (misspelt, renamed or gone): correct or remove it (rule "everybody", line `
	require.Contains(t, got["accounts"].Remedy, "user:bobb"+nobody)
	require.Contains(t, got["accounts"].Remedy, "email:alise@acme.test"+nobody)
	require.Contains(t, got["accounts"].Remedy, "user:roombot is a service account")
	require.Equal(t, 3, strings.Count(got["accounts"].Remedy, "(rule "))
}
