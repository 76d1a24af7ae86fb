package config_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/config"
)

const globalServer = `"scheme": "http", "port": 8080, "context": "global", "proxy": {"host": "proxy", "port": 1},
	"defaultHeaders": {"X-Desk": "global"}, "connectionTimeout": 11, "readTimeout": 12`

// components returns the settings of each component by its key.
func components(c *config.Config) map[string]config.Server {
	return map[string]config.Server{
		"pod": c.Pod.Server, "agent": c.Agent.Server, "keyManager": c.KeyManager.Server,
		"sessionAuth": c.SessionAuth.Server, "keyAuth": c.KeyAuth.Server,
	}
}

func TestComponentsHaveTheGlobalSettings(t *testing.T) {
	t.Parallel()
	c, err := loadFile(t, "config.json", minimalWith(globalServer+`, "pod": {}, "agent": null`))
	require.NoError(t, err)
	require.Equal(t, "global", c.DefaultHeaders["X-Desk"].Reveal())
	for name, server := range components(c) {
		require.Equal(t, c.Server, server, name)
	}
}

func TestEachComponentMayHaveEachSettingOfItsOwn(t *testing.T) {
	t.Parallel()
	for setting, own := range map[string]struct {
		value string
		apply func(*config.Server)
	}{
		"scheme":            {`"https"`, func(s *config.Server) { s.Scheme = "https" }},
		"host":              {`"own.acme.com"`, func(s *config.Server) { s.Host = "own.acme.com" }},
		"port":              {`443`, func(s *config.Server) { s.Port = 443 }},
		"context":           {`""`, func(s *config.Server) { s.Context = "" }},
		"proxy":             {`{"host": "own", "port": 2}`, func(s *config.Server) { s.Proxy = &config.Proxy{Host: "own", Port: 2} }},
		"defaultHeaders":    {`{}`, func(s *config.Server) { s.DefaultHeaders = map[string]config.Secret{} }},
		"connectionTimeout": {`15000`, func(s *config.Server) { s.ConnectionTimeout = 15000 }},
		"readTimeout":       {`60000`, func(s *config.Server) { s.ReadTimeout = 60000 }},
	} {
		for component := range components(&config.Config{}) {
			c, err := loadFile(t, "config.json", minimalWith(globalServer+fmt.Sprintf(`, %q: {%q: %s}`, component, setting, own.value)))
			require.NoError(t, err)
			want := c.Server
			own.apply(&want)
			for name, server := range components(c) {
				if name == component || component == "keyManager" && name == "keyAuth" {
					require.Equal(t, want, server, "%s of %s", setting, name)
					continue
				}
				require.Equal(t, c.Server, server, "%s of %s", setting, name)
			}
		}
	}
}

func TestKeyAuthHasTheSettingsOfTheKeyManager(t *testing.T) {
	t.Parallel()
	c, err := loadFile(t, "config.json", minimalWith(`"keyManager": {"host": "keys", "port": 9}, "keyAuth": {"port": 10}`))
	require.NoError(t, err)
	require.Equal(t, "https://keys:10", c.Endpoints().KeyAuth)
	require.Equal(t, "https://acme.symphony.com:443", c.Endpoints().SessionAuth)
}

func TestNodesHaveTheVendorsDefaultsAndNotTheGlobalSettings(t *testing.T) {
	t.Parallel()
	c, err := loadFile(t, "config.json", minimalWith(globalServer+`, "agent": {"loadBalancing": {"mode": "external", "nodes": [{"host": "a"}, {"host": "b", "scheme": "http", "port": 1, "context": "/c/"}]}}`))
	require.NoError(t, err)
	require.Equal(t, []string{"https://a:443", "http://b:1/c"}, c.Endpoints().Agents)
	require.Equal(t, "https://a:443", c.Endpoints().Agent)
	require.True(t, c.Agent.LoadBalancing.Stickiness)
	require.Equal(t, "proxy", string(c.Agent.Proxy.Host), "the way to the nodes is the agent's")
}

func TestEveryNumberHasItsBounds(t *testing.T) {
	t.Parallel()
	for key, bounds := range map[string][2]string{
		"port":                                 {"1", "65535"},
		"proxy.port":                           {"1", "65535"},
		"connectionTimeout":                    {"1", "86400000"},
		"pod.readTimeout":                      {"1", "86400000"},
		"retry.initialIntervalMillis":          {"1", "86400000"},
		"retry.maxIntervalMillis":              {"1", "86400000"},
		"datafeed.retry.initialIntervalMillis": {"1", "86400000"},
		"datafeed.retry.maxIntervalMillis":     {"1", "86400000"},
		"roombot.limits.maxMembers":            {"1", "10000"},
		"roombot.limits.maxPeople":             {"1", "10000"},
		"roombot.limits.workers":               {"1", "256"},
		"roombot.limits.roomsPerHour":          {"0", "100000"},
		"roombot.limits.perPerson":             {"1", "10000"},
		"roombot.limits.perConversation":       {"1", "10000"},
		"roombot.limits.queue":                 {"1", "1000000"},
	} {
		for _, bound := range bounds {
			_, err := loadFile(t, "config.json", minimalWith(nest(key, bound)))
			require.NoError(t, err, key)
		}
		for _, beyond := range []string{"0", "-1", bounds[1] + "0"} {
			if beyond == bounds[0] {
				continue
			}
			_, err := loadFile(t, "config.json", minimalWith(nest(key, beyond)))
			require.ErrorContains(t, err, fmt.Sprintf("%s: %s is out of range; write %s to %s", key, beyond, bounds[0], bounds[1]))
		}
	}
	for key, most := range map[string]string{"roombot.searchLag": "0s to 10m", "roombot.httpTimeout": "1s to 5m"} {
		for _, beyond := range []string{`"-1s"`, `"1h"`} {
			_, err := loadFile(t, "config.json", minimalWith(nest(key, beyond)))
			require.ErrorContains(t, err, fmt.Sprintf("%s: %s is out of range; write %s", key, beyond, most))
		}
	}
	for value, want := range map[string]time.Duration{`"2d"`: 48 * time.Hour, `"3650d"`: 3650 * 24 * time.Hour, `"72h"`: 72 * time.Hour} {
		c, err := loadFile(t, "config.json", minimalWith(nest("roombot.retention.commands", value)))
		require.NoError(t, err)
		require.Equal(t, want, c.Roombot.Retention.Commands)
	}
	for _, beyond := range []string{`"1d"`, `"3651d"`, `"47h"`} {
		_, err := loadFile(t, "config.json", minimalWith(nest("roombot.retention.commands", beyond)))
		require.ErrorContains(t, err, "is out of range; write 2d to 3650d")
	}
	for _, odd := range []string{`"-1d"`, `"d"`, `"1.5d"`, `"999999999999d"`, `"30"`} {
		_, err := loadFile(t, "config.json", minimalWith(nest("roombot.retention.commands", odd)))
		require.ErrorContains(t, err, "is not a duration")
	}
	for key, least := range map[string]string{
		"retry.maxAttempts": "-1", "retry.multiplier": "1", "datafeed.retry.multiplier": "1", "roombot.replies.privateAbove": "0",
	} {
		_, err := loadFile(t, "config.json", minimalWith(nest(key, least)))
		require.NoError(t, err, key)
		_, err = loadFile(t, "config.json", minimalWith(nest(key, "-2")))
		require.ErrorContains(t, err, fmt.Sprintf("%s: -2 is too small; write %s or more", key, least))
	}
}

// nest writes a key with a value, and the objects around it.
func nest(path, value string) string {
	keys := strings.Split(path, ".")
	if strings.Contains(path, "proxy.") {
		value += `, "host": "proxy"`
	}
	for i := len(keys) - 1; i > 0; i-- {
		value = fmt.Sprintf("{%q: %s}", keys[i], value)
	}
	return fmt.Sprintf("%q: %s", keys[0], value)
}
