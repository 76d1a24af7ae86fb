package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/config"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// readRepositoryFile reads a file of the repository.
func readRepositoryFile(t *testing.T, elements ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, elements...)...))
	require.NoError(t, err)
	return string(text)
}

// readmeDefaults is the third column of the README's table of configuration keys, by key.
func readmeDefaults(t *testing.T) map[string]string {
	t.Helper()
	row := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| .+ \\| (.+) \\|$")
	defaults := map[string]string{}
	for _, cells := range row.FindAllStringSubmatch(readRepositoryFile(t, "README.md"), -1) {
		defaults[cells[1]] = cells[2]
	}
	return defaults
}

func TestReadmeStatesTheDefaultOfEveryKey(t *testing.T) {
	t.Parallel()
	stated := readmeDefaults(t)
	literal := regexp.MustCompile("^`[^`]*`$")
	compared := 0
	for _, key := range config.Keys() {
		if key.Unused || componentKey.MatchString(key.Path) && !strings.Contains(key.Path, "loadBalancing") {
			continue // one row a component, which says that the global value counts
		}
		compared++
		cell, ok := stated[key.Path]
		require.True(t, ok, key.Path)
		switch {
		case key.Default != "":
			require.Equal(t, "`"+key.Default+"`", cell, key.Path)
		case key.Required:
			require.Contains(t, cell, "required", key.Path)
		default:
			require.NotRegexp(t, literal, cell, "%s has no default", key.Path)
		}
	}
	require.Greater(t, compared, 45)
}

// notDefaults are the keys whose value in the example is not the default, and why.
var notDefaults = map[string]string{
	"agent.loadBalancing.nodes[].port": "shows that a node may have a port of its own",
	"keyManager.port":                  "shows that a component may have a port of its own",
	"sessionAuth.port":                 "certificate logins have a port of their own at the vendor's",
	"keyAuth.port":                     "certificate logins have a port of their own at the vendor's",
	"roombot.replies.contact":          "shows whom a company would name",
}

func TestExampleShowsTheDefaultOfEveryKey(t *testing.T) {
	t.Parallel()
	var example map[string]any
	require.NoError(t, json.Unmarshal([]byte(readRepositoryFile(t, "config.json.example")), &example))
	shown := 0
	for _, key := range config.Keys() {
		value, ok := lookUpPath(example, strings.Split(key.Path, "."))
		if key.Default == "" || !ok {
			continue
		}
		shown++
		if notDefaults[key.Path] != "" {
			require.NotEqual(t, key.Default, fmt.Sprint(value), key.Path)
			continue
		}
		require.Equal(t, key.Default, fmt.Sprint(value), key.Path)
	}
	require.Greater(t, shown, 25)
}

// lookUpPath finds a value in an object; of a list it takes the first entry.
func lookUpPath(object map[string]any, path []string) (any, bool) {
	name, isList := strings.CutSuffix(path[0], "[]")
	value, ok := object[name]
	if list, is := value.([]any); is && isList {
		value = list[0]
	}
	if len(path) == 1 {
		if number, is := value.(float64); is {
			value = int64(number) // JSON knows no whole numbers
		}
		return value, ok
	}
	inner, _ := value.(map[string]any)
	return lookUpPath(inner, path[1:])
}

func TestConfigurationAndCodeHaveTheSameDefaults(t *testing.T) {
	t.Parallel()
	wired, err := botConfig(newTestConfig(t, `"host": "acme.test"`), zerolog.Nop())
	require.NoError(t, err)
	t.Cleanup(wired.Client.Close)
	require.Equal(t, commands.DefaultRoomsPerHour, wired.Limits.RoomsPerHour)
	wired.Limits.RoomsPerHour = 0 // for any number, where nobody asks for a limit
	alone := commands.NewEnv(commands.Env{}).Limits
	require.Equal(t, alone, commands.NewEnv(commands.Env{Limits: wired.Limits}).Limits)
	require.Equal(t, commands.Limits{
		MaxMembers: commands.DefaultMaxMembers, MaxPeople: commands.DefaultMaxPeople, CallTimeout: commands.DefaultCallTimeout,
		SearchLag: commands.DefaultSearchLag, AddsPerSecond: commands.DefaultAddsPerSecond, UndoTime: commands.DefaultUndoTime,
	}, alone)
	require.Equal(t, bot.Bounds{
		PerPerson: bot.DefaultPerPerson, PerConversation: bot.DefaultPerConversation, Queue: bot.DefaultQueue,
	}, wired.Bounds)
	require.Equal(t, 32, wired.Store.Workers)
	require.Equal(t, engine.DefaultTakeoverAfter, wired.Store.TakeoverAfter)
	require.Equal(t, engine.DefaultKeep, wired.Store.Keep)
	require.Equal(t, engine.DefaultTakeoverAfter, alone.Settle())
	require.Equal(t, symphony.FeedConfig{
		ReadTimeout: symphony.DefaultFeed().ReadTimeout, Multiplier: symphony.DefaultRetry().Multiplier,
		MinWait: symphony.DefaultRetry().Initial, MaxWait: symphony.DefaultFeed().MaxWait,
	}, wired.Feed)
}

func TestConfiguredAndPlainClientHaveTheSameDefaults(t *testing.T) {
	t.Parallel()
	conf, err := clientConfig(newTestConfig(t, `"host": "acme.test"`), zerolog.Nop())
	require.NoError(t, err)
	require.Equal(t, symphony.DefaultTimeout, conf.Timeout)
	require.Equal(t, symphony.DefaultTimeout, commands.DefaultCallTimeout)
	for component, transport := range conf.Transports {
		require.Equal(t, symphony.DefaultConnectTimeout, transport.ConnectTimeout, component)
		require.Equal(t, symphony.DefaultFeed().ReadTimeout, transport.Timeout, component)
	}
	require.Equal(t, symphony.RetryPolicy{
		Initial: symphony.DefaultRetry().Initial, Multiplier: symphony.DefaultRetry().Multiplier, MaxAttempts: symphony.DefaultRetry().MaxAttempts,
		Max: 5 * time.Minute, // the vendor's; no call is repeated for so long
	}, conf.Retry)
}

func TestOperationsGuideHasTheDefaults(t *testing.T) {
	t.Parallel()
	guide := readRepositoryFile(t, "docs", "operations.md")
	for _, sentence := range []string{
		fmt.Sprintf("`httpTimeout` + `searchLag` (%.0f s)", engine.DefaultTakeoverAfter.Seconds()),
		fmt.Sprintf("with the default of %d workers", 32),
		fmt.Sprintf("Of one person in a chat, %d requests may be unfinished, of the whole chat %d", bot.DefaultPerPerson, bot.DefaultPerConversation),
		fmt.Sprintf("One person may open %d rooms in an hour", commands.DefaultRoomsPerHour),
		fmt.Sprintf("for %.0f minutes the answer that tells of a room has the button *Undo*", commands.DefaultUndoTime.Minutes()),
		fmt.Sprintf("In all, %d jobs may wait", bot.DefaultQueue),
	} {
		require.Contains(t, guide, sentence)
	}
}
