package schema_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/config/schema"
)

func TestVariableProblemsHaveTheirPlace(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ text, want string }{
		{"${NONE}", `takes the environment variable NONE, which is not set; set it, or write a default: ${NONE:-default}`},
		{"a ${HOME} ${NONE}", `takes the environment variable NONE, which is not set; set it, or write a default: ${NONE:-default}`},
		{"${user.home}", `takes ${user.home}, which is a Java system property; write an environment variable, such as ${HOME}`},
		{"${NONE", `has a ${ that is never closed; write ${NAME}, or $${ for a literal ${`},
		{"${}", `has a ${…} without the name of an environment variable; write ${NAME} or ${NAME:-default}, or $${ for a literal ${`},
		{"${1x}", `has a ${…} without the name of an environment variable; write ${NAME} or ${NAME:-default}, or $${ for a literal ${`},
		{"${a b}", `has a ${…} without the name of an environment variable; write ${NAME} or ${NAME:-default}, or $${ for a literal ${`},
		{"${:-x}", `has a ${…} without the name of an environment variable; write ${NAME} or ${NAME:-default}, or $${ for a literal ${`},
		{"${NONE:-${HOME}}", `has a ${…} inside the default of ${NONE}; write a plain default`},
	} {
		for _, m := range members("text", `"`+row.text+`"`) {
			_, problems := decode(m.file, m.content, &struct {
				Text string `config:"text"`
			}{}, "HOME", "/home")
			require.Equal(t, fmt.Sprintf("%s:1:%d: text: %s", m.file, m.column, row.want), problems)
		}
	}
}

func TestVariablesMayBeOfEachKind(t *testing.T) {
	t.Parallel()
	const content = `{"text": "${TEXT}", "name": "${NAME} & ${NAME}", "two": "${TWO}", "whole": "${WHOLE}", "real": "${REAL}", "growth": "${WHOLE:-2}",
		"flag": "${FLAG}", "wait": "${WAIT}", "secret": "${SECRET}", "colour": "${COLOUR}", "list": ["${TEXT}"], "table": {"${TEXT}": "${TEXT}"}}`
	var got kinds
	mustDecode(t, "x.json", content, &got, "TEXT", "a ${b} \"c\"", "NAME", "n", "TWO", "json", "WHOLE", " 2 ", "REAL", "1e3",
		"FLAG", " True ", "WAIT", "90s", "SECRET", "hunter2", "COLOUR", "red")
	require.Equal(t, kinds{
		Text: `a ${b} "c"`, Name: "n & n", Two: "json", Whole: 2, Real: 1000, Growth: 2, Flag: true, Wait: 90 * time.Second,
		Secret: schema.NewSecret("hunter2"), Colour: "red", List: []string{`a ${b} "c"`},
		Table: map[string]string{"${TEXT}": `a ${b} "c"`}, // keys take no variables
	}, got)
}

func TestValuesOfVariablesAreNeverPrinted(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ key, value, want string }{
		{"name", `"${EMPTY}"`, `the value with ${EMPTY} is empty; add "name": "roombot"`},
		{"one", `"${X}"`, `the value with ${X} is not one of the choices; write v2`},
		{"whole", `"${X}"`, `the value with ${X} is not a whole number; write digits only`},
		{"port", `"${ONE}${ONE}${ONE}${ONE}${ONE}${ONE}"`, `the value with ${ONE}, ${ONE}, ${ONE}, ${ONE}, ${ONE}, ${ONE} is out of range; write 1 to 65535`},
		{"growth", `"${X}"`, `the value with ${X} is not a number; write it like 1.5`},
		{"flag", `"${X}"`, `the value with ${X} is not true or false; write true or false`},
		{"wait", `"${X}"`, `the value with ${X} is not a duration; write a number with a unit, such as 30s, 500ms or 2m`},
		{"colour", `"${X}"`, `the value with ${X} is no colour; write red or green`},
		{"colour", `"blue${NONE:-ish}"`, `"blueish" is no colour; write red or green`},
		{"inner", `"${X}"`, `is text and must be an object; write {…}`},
	} {
		for _, m := range members(row.key, row.value) {
			var got kinds
			_, problems := decode(m.file, m.content, &got, "X", "hunter2", "ONE", "1", "EMPTY", "")
			require.Contains(t, problems, fmt.Sprintf("%s:1:%d: %s: %s", m.file, m.column, row.key, row.want))
			require.NotContains(t, problems, "hunter2")
			require.NotContains(t, problems, "111111")
		}
	}
}

func TestDocumentWithoutEnvironmentKnowsNoVariables(t *testing.T) {
	t.Parallel()
	document, err := schema.Parse("x.yaml", []byte("text: ${HOME}\n"), nil)
	require.NoError(t, err)
	var got struct {
		Text string `config:"text"`
	}
	_, problems := document.Decode(&got)
	require.EqualError(t, problems.Err(), "x.yaml:1:7: text: takes the environment variable HOME, which is not set; set it, or write a default: ${HOME:-default}")
	_, known := document.Env()("HOME")
	require.False(t, known)
}
