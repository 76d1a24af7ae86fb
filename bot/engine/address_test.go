package engine_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestParseAddress(t *testing.T) {
	t.Parallel()
	const postgres, file = true, false
	for text, want := range map[string]struct {
		postgres bool
		reveal   string
	}{
		"roombot.db":                      {file, "roombot.db"},
		" /var/lib/room bot/a.db\n":       {file, "/var/lib/room bot/a.db"},
		`C:\bots\roombot.db`:              {file, `C:\bots\roombot.db`},
		"C:/bots/roombot.db":              {file, "C:/bots/roombot.db"},
		"C://bots/roombot.db":             {file, "C://bots/roombot.db"},
		`\\server\share:a\roombot.db`:     {file, `\\server\share:a\roombot.db`},
		"./mysql://db":                    {file, "./mysql://db"},
		"./password=x.db":                 {file, "./password=x.db"},
		"../bots/a:b@c.db":                {file, "../bots/a:b@c.db"},
		"12:30.db":                        {file, "12:30.db"},
		"postgres":                        {file, "postgres"},
		"postgres://bot@db/x":             {postgres, "postgres://bot@db/x"},
		"Postgres://bot:Se%2Fcret@db/X":   {postgres, "postgres://bot:Se%2Fcret@db/X"},
		"POSTGRESQL://bot@db:5433/x":      {postgres, "postgresql://bot@db:5433/x"},
		"postgres:///x?host=/tmp&user=me": {postgres, "postgres:///x?host=/tmp&user=me"},
		"postgres:///x?user=me@server":    {postgres, "postgres:///x?user=me@server"},
	} {
		got, err := engine.ParseAddress(text)
		require.NoError(t, err, text)
		require.Equal(t, want.postgres, got.IsPostgres(), text)
		require.Equal(t, want.reveal, got.Reveal(), text)
		if want.postgres {
			require.Empty(t, got.File(), text)
		} else {
			require.Equal(t, want.reveal, got.File(), text)
			require.Equal(t, engine.FileAddress(want.reveal), got, text)
		}
	}
}

func TestParseAddressRejectsOtherURLs(t *testing.T) {
	t.Parallel()
	const path, url, kind = "is not a path", "is not a URL", "is a URL of another kind"
	const keywords, home = "is a list of keywords and not a URL", "begins with ~, which only a shell replaces"
	for text, problem := range map[string]string{
		"": path, " \t": path, "a\x00b": path,
		"mysql://u:hunter2@db/x": kind, "Mysql://db": kind, "sqlite://x": kind, "https://db/x": kind, "my_db://x": kind,
		"file:roombot.db": kind, "FILE:///roombot.db": kind, "sqlite:roombot.db": kind, "sqlite3:roombot.db": kind,
		"postgres:roombot.db": url, "Postgres:/db/x": url,
		"jdbc:postgresql://127.0.0.1/x?user=u&password=hunter2": kind, "jdbc:sqlite:x.db": kind,
		"postgres//u:hunter2@127.0.0.1/x": kind, "u:hunter2@127.0.0.1/x": kind, "://u:hunter2@h/x": kind, "postgres：//u:hunter2@h/x": kind,
		"host=127.0.0.1 port=1 user=u password=hunter2 dbname=x": keywords, "USER=u PASSWORD='hunter2'": keywords,
		"user=u password = hunter2 host=/tmp": keywords, "~/roombot.db": home,
		"postgres://bot:hunter2@db:no-port/x": url,
		"postgres://bot:12/hunter2@db/x":      url, // the password has a / in it, and is taken for host and path
		"postgres://bot:12#hunter2@db/x":      url,
	} {
		got, err := engine.ParseAddress(text)
		var wrong *engine.AddressError
		require.ErrorAs(t, err, &wrong, text)
		require.Equal(t, problem, wrong.Problem, text)
		require.ErrorContains(t, err, "write the path of a file, such as roombot.db, or postgres://user@host/database")
		require.NotContains(t, err.Error(), "hunter2")
		require.True(t, got.IsZero(), text)
	}
}

func TestAnAddressPrintsWithoutPasswords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"roombot.db":                  "roombot.db",
		"postgres://bot@db/x":         "postgres://bot@db/x",
		"postgres://bot:hunter2@db/x": "postgres://bot:xxxxx@db/x",
		"postgres://bot@db/x?user=u&password=hunter2&sslPassword=hunter2": "postgres://bot@db/x?password=xxxxx&sslPassword=xxxxx&user=u",
		"postgres://bot@db/x?pass%77ord=hunter2":                          "postgres://bot@db/x?password=xxxxx",
		"postgres://bot@db/x?password=hunter2;y&z":                        "postgres://bot@db/x",
	} {
		a := parse(t, text)
		require.Equal(t, want, a.String())
		encoded, err := json.Marshal(map[string]engine.Address{"store": a})
		require.NoError(t, err)
		for _, printed := range []string{
			string(encoded), fmt.Sprintf("%v %+v %#v %q", a, a, a, a),
			fmt.Sprintf("%+v %#v", quickConfig(a, nil), &engine.OpenError{Store: a, Err: errBroken}),
		} {
			require.NotContains(t, printed, "hunter2")
		}
	}
}
