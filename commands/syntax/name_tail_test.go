package syntax_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

// isKnown knows alice and carol by username, Bob by his first name, and three people by full name.
func isKnown(p syntax.PersonPhrase) bool {
	text := strings.ToLower(p.Text)
	switch {
	case p.Single && slices.Contains([]string{"alice", "carol"}, text):
		return true
	case p.Single && p.Signed && text == "bob":
		return true
	}
	return slices.Contains([]string{"alice martin", "bob chen", "anna maria holm"}, text)
}

func textsOf(phrases []syntax.PersonPhrase) string {
	var texts []string
	for _, p := range phrases {
		texts = append(texts, p.Text)
	}
	return strings.Join(texts, "|")
}

func TestNameIsSplitBeforeItsPeople(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][3]string{
		"Q3 alice carol":                        {"Q3", "alice|carol", ""},
		"Q4 with alice and carol":               {"Q4", "alice|carol", ""},
		"Q7 Chen, Bob; Martin, Alice":           {"Q7", "Bob Chen|Alice Martin", ""},
		"Q21; Alice Martin":                     {"Q21", "Alice Martin", ""},
		"Q3 Alice Martin Bob Chen":              {"Q3", "Alice Martin|Bob Chen", ""},
		"Deal with carol: Alice Martin":         {"Deal", "carol|Alice Martin", ""},
		"Rates and FX with bob & carol":         {"Rates and FX", "bob|carol", ""},
		"Termin mit Alice Martin und Bob Chen":  {"Termin", "Alice Martin|Bob Chen", ""},
		"Réunion avec alice et carol":           {"Réunion", "alice|carol", ""},
		"Reunión con alice y carol":             {"Reunión", "alice|carol", ""},
		"Call, Anna Maria Holm":                 {"Call", "Anna Maria Holm", ""},
		"Call: bob":                             {"Call", "bob", ""},
		"Q4 with alice and zoe":                 {"Q4", "alice", "zoe"},
		"Q4 with zoe smith, Alice Martin, yan":  {"Q4", "Alice Martin", "zoe smith|yan"},
		"Q2 call, alice and zoe":                {"Q2 call", "alice", "zoe"},
		"Prices: gold, silver, alice":           {"Prices: gold, silver", "alice", ""},
		"Meeting with the desk with alice, zoe": {"Meeting with the desk", "alice", "zoe"},
		"Budget 1,000; alice":                   {"Budget 1,000", "alice", ""},
		"会議 Alice Martin、Bob Chen":              {"会議", "Alice Martin|Bob Chen", ""},
	} {
		split, found := syntax.ReadNameTail(text).Split(isKnown)
		require.True(t, found, text)
		require.Equal(t, want, [3]string{split.Name, textsOf(split.People), strings.Join(split.Unknown, "|")}, text)
	}
}

func TestOrdinaryNameIsNotSplit(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Rates and FX", "Q3 results with comments", "Call for tenders", "alice", "Alice Martin", "Alice in Wonderland, part two",
		"Q3 alice notes", "Q3 bob", "R&D; AT&T", "Deal: Alpha 10:30", "", "with alice", ";,:",
	} {
		_, found := syntax.ReadNameTail(text).Split(isKnown)
		require.False(t, found, text)
	}
}

func TestTextOfPeopleHasNoName(t *testing.T) {
	t.Parallel()
	split, found := syntax.ReadPeople("bob, Alice Martin").Split(isKnown)
	require.True(t, found)
	require.Equal(t, [2]string{"", "bob|Alice Martin"}, [2]string{split.Name, textsOf(split.People)})
}

func FuzzNameTail(f *testing.F) {
	f.Add("Q7 Chen, Bob; Martin, Alice", 3)
	f.Add("Q4 with alice & carol: x", 1)
	f.Add("“Q4”\u00a0mit\u3000x、y \xff", 2)
	f.Fuzz(func(t *testing.T, text string, every int) {
		name, _ := syntax.CleanName(text)
		if len([]rune(name)) > syntax.MaxName {
			return
		}
		tail := syntax.ReadNameTail(name)
		phrases := tail.Phrases()
		require.LessOrEqual(t, len(phrases), 6*len(name), "few for each word")
		split, found := tail.Split(func(p syntax.PersonPhrase) bool {
			require.NotEmpty(t, strings.TrimSpace(p.Text))
			require.Contains(t, phrases, p, "only what can be looked up is asked for")
			return every > 0 && len(p.Text)%every == 0
		})
		if !found {
			return
		}
		require.NotEmpty(t, split.People)
		require.NotEmpty(t, strings.TrimSpace(split.Name))
		require.True(t, strings.HasPrefix(name, split.Name))
		requireFitName(t, split.Name)
	})
}
