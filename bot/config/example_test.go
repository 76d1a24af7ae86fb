package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/config"
	"roombot/bot/config/schema"
	"roombot/bot/policy"
)

// loadExample loads a copy of the example beside the files that it names.
func loadExample(t *testing.T) *config.Config {
	t.Helper()
	content, err := os.ReadFile("../../config.json.example")
	require.NoError(t, err)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"config.json":    string(content),
		"privatekey.pem": keyPEM,
		"trusted.pem":    "-----BEGIN CERTIFICATE-----\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	c, err := config.Load(filepath.Join(dir, "config.json"), environment(), "newroom", "groups", "receipt", "help")
	require.NoError(t, err)
	return c
}

func TestExampleLoadsWithoutIgnoredKeys(t *testing.T) {
	t.Parallel()
	c := loadExample(t)
	require.Equal(t, "roombot", c.Bot.Username)
	require.Empty(t, c.IgnoredKeys())
}

func TestExamplePolicyAdmitsEmployeesAndDeniesContractors(t *testing.T) {
	t.Parallel()
	c := loadExample(t)
	employee := policy.Subject{Kind: policy.PersonAccount, Username: "alice", Email: "alice@acme.com"}
	room := policy.Place{Kind: policy.Room, StreamID: "x", RoomName: "Desk"}
	for _, command := range []string{"newroom", "groups", "receipt", "help"} {
		require.True(t, c.Policy.Decide(policy.Query{User: employee, Where: room, Command: command}).Allowed)
		require.True(t, c.Policy.Decide(policy.Query{User: employee, Where: policy.Place{Kind: policy.IM}, Command: command}).Allowed)
	}
	contractor := policy.Subject{Kind: policy.PersonAccount, Username: "kim", Email: "Kim@Contractors.Acme.com"}
	d := c.Policy.Decide(policy.Query{User: contractor, Where: room, Command: "newroom"})
	require.False(t, d.Allowed)
	require.Equal(t, "contractors open no rooms", d.Rule)
	require.Equal(t, 59, d.Line, "the line of the rule's name")
	require.Contains(t, d.Reason, "ask your desk head")
	require.True(t, c.Policy.Decide(policy.Query{User: contractor, Where: room, Command: "groups"}).Allowed)

	stranger := policy.Subject{Username: "eve", Email: "eve@other.com", External: true}
	require.False(t, c.Policy.Decide(policy.Query{User: stranger, Where: room, Command: "groups"}).Allowed)
}

func TestExampleShowsEveryUsedKey(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../config.json.example")
	require.NoError(t, err)
	left := []string{"content", "certificate", "password", "passphraseFile"} // alternatives to what is shown
	left = append(left, "previous")                                          // set for a while after a rotation
	for _, entry := range config.Keys() {
		name := strings.TrimSuffix(entry.Path[strings.LastIndex(entry.Path, ".")+1:], "[]")
		if !entry.Unused && !slices.Contains(left, name) {
			require.Contains(t, string(content), `"`+name+`"`, entry.Path)
		}
	}
}

func TestEveryKeyHasADescription(t *testing.T) {
	t.Parallel()
	keys := config.Keys()
	require.Greater(t, len(keys), 60)
	for _, entry := range keys {
		require.NotEmpty(t, entry.Doc, entry.Path)
	}
	require.Contains(t, keys, schema.Entry{Path: "roombot.limits.maxMembers", Doc: "people named in one /newroom", Default: "100"})
}
