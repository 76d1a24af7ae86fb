package bot_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/config"
	"roombot/bot/policy"
)

func TestDefaultBoundsAreThoseOfTheConfigurationAndTheREADME(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.json")
	require.NoError(t, os.WriteFile(path, []byte(`{
		"host": "acme.symphony.com",
		"bot": {"username": "roombot", "privateKey": {"content": "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"}}
	}`), 0o600))
	c, err := config.Load(path, func(string) (string, bool) { return "", false })
	require.NoError(t, err)
	readme, err := os.ReadFile(filepath.Join("..", "README.md"))
	require.NoError(t, err)
	for key, value := range map[string]struct{ configured, built int }{
		"perPerson":       {c.Roombot.Limits.PerPerson, bot.DefaultPerPerson},
		"perConversation": {c.Roombot.Limits.PerConversation, bot.DefaultPerConversation},
		"queue":           {c.Roombot.Limits.Queue, bot.DefaultQueue},
	} {
		require.Equal(t, value.built, value.configured, key)
		row := fmt.Sprintf("(?m)^\\| `roombot\\.limits\\.%s` .* `%d` \\|$", key, value.built)
		require.Regexp(t, row, string(readme))
	}
	contact := c.Policy.Decide(policy.Query{Command: "newroom"}).Contact
	var unset *policy.Policy
	require.Equal(t, unset.Decide(policy.Query{Command: "newroom"}).Contact, contact, "whom a refused user should ask")
	operations, err := os.ReadFile(filepath.Join("..", "docs", "operations.md"))
	require.NoError(t, err)
	require.Equal(t, time.Hour, bot.DefaultLate)
	require.Contains(t, string(operations), "more than an hour ago is not carried out but asked about")
}
