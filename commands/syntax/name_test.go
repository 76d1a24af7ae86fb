package syntax_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

func TestCleanName(t *testing.T) {
	t.Parallel()
	name, invisible := syntax.CleanName(" Q2\u200b \n\u202e Re\u0301sume\u0301\u00ad ")
	require.Equal(t, "Q2 Résumé", name)
	require.True(t, invisible)
	name, invisible = syntax.CleanName("業績 ❤️ 1️⃣ Ω≠\u0338")
	require.Equal(t, "業績 ❤️ 1️⃣ Ω≠\u0338", name)
	require.False(t, invisible)
}

func TestNamesOfGroupsThatReadTheSameAreTheSame(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Café Desk", "Cafe\u0301 Desk", " CAFÉ\u00a0 desk", "Ca\u200bfé\u00ad Desk"} {
		require.Equal(t, "café desk", syntax.FoldGroupName(name))
	}
	require.NotEqual(t, syntax.FoldGroupName("Cafe Desk"), syntax.FoldGroupName("Café Desk"))
}

func TestQuotedTextReadsBackTheSame(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`Desk`, `The "Big" deal`, `C:\Deals\`, `\"`, `Carol's “desk”`, `a\\b`} {
		r := grammar().Parse(im("/newroom " + syntax.Quote(text)))
		require.NotNil(t, r.Command, text)
		require.Equal(t, text, r.Command.Name)
	}
}

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"30d": 720 * time.Hour, "12h": 12 * time.Hour, "2W": 336 * time.Hour} {
		got, ok := syntax.ParseDuration(text)
		require.True(t, ok, text)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"", "d", "0d", "-1d", "+1d", "1.5d", "30", "30 d", "30m", "99999999999999999999d", "9999w", "d30", "３０d"} {
		_, ok := syntax.ParseDuration(text)
		require.False(t, ok, text)
	}
}

func TestConflict(t *testing.T) {
	t.Parallel()
	c, ok := grammar().Lookup("New-Room")
	require.True(t, ok)
	_, found := c.Conflict(map[string]any{"external": true, "public": false})
	require.False(t, found)
	conflict, found := c.Conflict(map[string]any{"external": true, "public": true})
	require.True(t, found)
	require.Contains(t, conflict.Message, "external")
	o, ok := c.Option("Memberscan-Invite")
	require.True(t, ok)
	require.Equal(t, "members-can-add", o.Key)
}

func TestInvocationValues(t *testing.T) {
	t.Parallel()
	inv := grammar().Parse(im(`/newroom "Desk" owner:@Bob Chen,@carol desc:x private:no`)).Command
	require.Equal(t, []syntax.PersonRef{{UserID: 1002}, {Username: "carol"}}, inv.Persons("owner"))
	require.Equal(t, "x", inv.Value("desc"))
	yes, given := inv.Flag("private")
	require.False(t, yes)
	require.True(t, given)
	_, given = inv.Flag("public")
	require.False(t, given)
}
