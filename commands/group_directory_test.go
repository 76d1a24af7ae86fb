package commands_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
)

func TestTheNearestNamesComeFirstAndStrangersNotAtAll(t *testing.T) {
	t.Parallel()
	all := []string{"Test Group", "Equities Sales", "FX EMEA", "Research", "Tést Group", "Test Groups"}
	for text, want := range map[string][]string{
		"Test Grup":  {"Test Group", "Tést Group", "Test Groups"},
		"equities":   {"Equities Sales"},
		"fx  emea":   {"FX EMEA"},
		"reserch":    {"Research"},
		"compliance": {},
		"":           nil,
		" ":          nil,
	} {
		require.Equal(t, want, commands.NearestNames(text, all, 3), text)
	}
}
