package syntax_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

func TestOtherWordsForAnOptionAreCorrected(t *testing.T) {
	t.Parallel()
	for line, fix := range map[string]string{
		`/newroom "Q2" subject:"Prep"`:             `/newroom "Q2" desc:"Prep"`,
		`/newroom "Q2" BESCHREIBUNG:Prep`:          `/newroom "Q2" desc:Prep`,
		`/newroom "Q2" Gruppe "Test Group"`:        `/newroom "Q2" group:"Test Group"`,
		`/newroom Q2 gruppe "Test Group"`:          `/newroom Q2 group:"Test Group"`,
		`/newroom "Q2" グループ："Test Group"`:          `/newroom "Q2" group："Test Group"`,
		`/newroom "Q2" --proprietaire @bob`:        `/newroom "Q2" --owner @bob`,
		`/newroom "Q2" admin @bob`:                 `/newroom "Q2" owner:@bob`,
		`/newroom "Q2" offentlich @bob`:            `/newroom "Q2" public @bob`,
		`/newroom "Q2" is public @bob`:             `/newroom "Q2" public @bob`,
		`/newroom "Q2" members can add @bob`:       `/newroom "Q2" members-can-add @bob`,
		`/newroom "Q2" @bob as owner`:              `/newroom "Q2" owner:@bob`,
		`/newroom "Q2" @ann @bob as owner, please`: `/newroom "Q2" @ann owner:@bob, please`,
		`/newroom name = "K1" @bob`:                `/newroom name= "K1" @bob`,
		`/newroom "Q2" --no-history @bob`:          `/newroom "Q2" history:no @bob`,
		`/newroom "Q2" alice @acme.test`:           `/newroom "Q2" alice@acme.test`,
	} {
		read := grammar("Test Group").Parse(im(line))
		require.NotNil(t, read.Error, line)
		require.NotNil(t, read.Error.Fix, "%s: %s", line, read.Error.Message)
		require.Equal(t, fix, read.Error.Fix.Text)
	}
}

func TestOtherWordsForAnOptionStayPartOfAName(t *testing.T) {
	t.Parallel()
	for line, name := range map[string]string{
		`/newroom Team:@bob`:            "Team:",
		`/newroom Team lunch @bob`:      "Team lunch",
		`/newroom Subject: prep @bob`:   "Subject: prep",
		`/newroom Office is öffentlich`: "Office is öffentlich",
		`/newroom name = K1 @bob`:       "name = K1",
		`/newroom "Team" @bob`:          "Team",
	} {
		read := grammar("Test Group").Parse(im(line))
		require.NotNil(t, read.Command, line)
		require.Equal(t, name, read.Command.Name)
	}
}

func TestWordsThatAreAKnownGroupHaveAReading(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		`/newroom "Q2" "test group"`: {
			`group:"test group" → /newroom "Q2" group:"test group"`, `Description "test group" → /newroom "Q2" desc:"test group"`,
		},
		`/newroom "Q2" @Test Group`:               {`group:"Test Group" → /newroom "Q2" group:"Test Group"`},
		`/newroom "Q2" @bob + FX EMEA`:            {`group:"FX EMEA" → /newroom "Q2" @bob + group:"FX EMEA"`, `Description "FX EMEA" → /newroom "Q2" @bob + desc:"FX EMEA"`},
		`/newroom "Q2" @Test Group, FX EMEA @bob`: {`group:"Test Group" → /newroom "Q2" group:"Test Group", "FX EMEA" @bob`},
	} {
		e := grammar("Test Group", "FX EMEA").Parse(im(line)).Error
		require.NotNil(t, e, line)
		require.Subset(t, readingsOf(e), want, line)
		for _, r := range grammar().Parse(im(line)).Error.Readings {
			require.NotContains(t, r.Label, "group:", "nothing is suggested where no group is known")
		}
	}
}

func TestWhatStandsBeforeAGroupIsCutOff(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"FX chat, everybody in the": "FX chat", "FX chat with": "FX chat", "FX chat and all of the": "FX chat", "with": "",
	} {
		before, signed := syntax.TrimGroupOpening(text)
		require.Equal(t, want, before)
		require.True(t, signed, text)
	}
	before, signed := syntax.TrimGroupOpening("FX chat")
	require.Equal(t, "FX chat", before)
	require.False(t, signed)
}
