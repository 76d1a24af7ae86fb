package schema_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestYAMLSyntaxIsReportedWithPlaceAndRemedy(t *testing.T) {
	t.Parallel()
	const cutOff = "; look on this line and those beside it for a quote or a bracket that is not closed; the file may be cut off or half written"
	for _, row := range []struct{ content, want string }{
		{"", `x.yaml: is empty`},
		{"# nothing\n", `x.yaml: is empty`},
		{"---\n", `x.yaml:2:1: is null and must be an object; write {…}`},
		{"name: n\n---\nname: m\n", `x.yaml:2:1: holds a second document; remove the --- and what follows`},
		{"name: n\n\tport: 1\n", `x.yaml:2:1: is not YAML: found a tab character that violates indentation; indent with blanks: YAML allows no tabs there`},
		{"\tname: n\n", `x.yaml:1:1: is not YAML: found character that cannot start any token; indent with blanks: YAML allows no tabs there`},
		{"name: n\nsecret: @hunter2\n", `x.yaml:2:1: is not YAML: found character that cannot start any token; put a value that starts with @, % or a backquote into quotes`},
		{"name: n: m\n", `x.yaml:1:1: is not YAML: mapping values are not allowed in this context; look for a value with a colon that needs quotes, or a wrong indentation`},
		{"name: n\n port: 1\n", `x.yaml:2:2: is not YAML: mapping values are not allowed in this context; look for a value with a colon that needs quotes, or a wrong indentation`},
		{"secret: *hunter2\n", `x.yaml: is not YAML: unknown anchor … referenced; put a value that starts with * into quotes`},
		{"secret: 'hunter2\n", `x.yaml:2:1: is not YAML near here: found unexpected end of stream` + cutOff},
		{"allow:\n  - name: a\n    who: [internal\n    commands: [newroom]\n", `x.yaml:2:3: is not YAML near here: did not find expected ',' or ']'` + cutOff},
		{"{\"allow\": [}\n", `x.yaml:1:1: is not YAML near here: did not find expected node content` + cutOff},
		{"allow:\n  - who: [*]\n", "x.yaml:2:3: is not YAML: did not find expected alphabetic or numeric character; put a * that stands alone, or begins a value, into quotes: \"*\""},
		{"list: [a\n", `x.yaml:1:1: is not YAML near here: did not find expected ',' or ']'` + cutOff},
		{"name: n\ninner:\n  flag: true\n  sec", `x.yaml:4:3: is not YAML: a key has no colon here; the file seems to be cut off or half written: write the rest of the line`},
		{"inner:\n<<<<<<< HEAD\n  flag: true\n=======\n  flag: false\n>>>>>>> other\n", `x.yaml:2:1: has markers of a merge conflict, on line 2, 4, 6; choose what holds of the two versions, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>`},
	} {
		_, problems := decode("x.yaml", row.content, &kinds{})
		require.Equal(t, row.want, problems, row.content)
		require.NotContains(t, problems, "hunter2")
	}
}

func TestYAMLValuesHaveTheTypeThatTheyAreWrittenWith(t *testing.T) {
	t.Parallel()
	const whole, duration = " is not a whole number; write digits only", " is not a duration; write a number with a unit, such as 30s, 500ms or 2m"
	for _, row := range []struct{ key, value, want string }{
		{"text", `yes`, ``}, // as in YAML 1.2
		{"text", `0x1F`, `0x1F is not text; write "0x1F"`},
		{"text", `1_000`, `1_000 is not text; write "1_000"`},
		{"text", `2026-11-29`, `2026-11-29 is not text; write "2026-11-29"`},
		{"text", `!!binary aGk=`, `aGk= is not text; write "aGk="`},
		{"text", `!secret x`, `x is not text; write "x"`},
		{"text", `!!str 17`, ``},
		{"flag", `yes`, `"yes" is text and is not true or false; write true or false`},
		{"flag", `True`, ``},
		{"flag", `FALSE`, ``},
		{"whole", `0x1F`, `0x1F` + whole},
		{"whole", `0o17`, `0o17` + whole},
		{"whole", `1_000`, `1_000` + whole},
		{"whole", `+7`, ``},
		{"whole", `!!int "7"`, ``},
		{"whole", `1:30`, `"1:30" is text and` + whole},
		{"wait", `1:30`, `"1:30"` + duration},
		{"wait", `2026-11-29`, `2026-11-29` + duration},
		{"real", `0x1F`, `0x1F is not a number; write it like 1.5`},
		{"real", `.5`, ``},
	} {
		_, problems := decode("x.yaml", "name: n\n"+row.key+": "+row.value+"\n", &kinds{})
		want := row.want
		if want != "" {
			want = "x.yaml:2:" + map[int]string{4: "7", 5: "8"}[len(row.key)] + ": " + row.key + ": " + want
		}
		require.Equal(t, want, problems, row.value)
	}
}

func TestYAMLTextsMayBeBlocks(t *testing.T) {
	t.Parallel()
	var got kinds
	mustDecode(t, "x.yaml", "name: >-\n  a\n  b\ntext: |\n  -----BEGIN\n  END-----\nlist:\n  - |-\n    x: y\n  - 'it''s'\n", &got)
	require.Equal(t, "a b", got.Name)
	require.Equal(t, "-----BEGIN\nEND-----\n", got.Text)
	require.Equal(t, []string{"x: y", "it's"}, got.List)
}

func TestYAMLKeysMustBeText(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ content, want string }{
		{"1: x\n", `x.yaml:2:1: has a key that is a number; write text before the colon`},
		{"true: x\n", `x.yaml:2:1: has a key that is true or false; write text before the colon`},
		{"~: x\n", `x.yaml:2:1: has a key that is null; write text before the colon`},
		{"? [a]\n: x\n", `x.yaml:2:3: has a key that is a list; write text before the colon`},
		{"? {a: b}\n: x\n", `x.yaml:2:3: has a key that is an object; write text before the colon`},
		{"<<: {text: x}\n", `x.yaml:2:1: uses <<, which is not supported; write text before the colon`},
		{"table: {1: x}\n", `x.yaml:2:9: table: has a key that is a number; write text before the colon`},
	} {
		_, problems := decode("x.yaml", "name: n\n"+row.content, &kinds{})
		require.Equal(t, row.want, problems, row.content)
	}
}

func TestYAMLAliasesStandForTheirAnchors(t *testing.T) {
	t.Parallel()
	var got kinds
	mustDecode(t, "x.yaml", "name: &n roombot\ntext: *n\nlist: &l [a, *n]\nchoices: &c [a]\ntable: {k: *n}\n", &got)
	require.Equal(t, "roombot", got.Text)
	require.Equal(t, []string{"a", "roombot"}, got.List)
	require.Equal(t, map[string]string{"k": "roombot"}, got.Table)

	_, problems := decode("x.yaml", "name: &n roombot\nwhole: *n\n? *n\n: x\n", &kinds{})
	require.Equal(t, lines(
		`x.yaml:2:8: whole: "roombot" is text and is not a whole number; write digits only`,
		`x.yaml:3:3: roombot: is not a key that is known here; known here: text, name, one, two, three, whole, port, atLeast, atMost, real, growth, flag, wait, timeout, secret, colour, inner, pointer, list, choices, table, anything`,
	), problems)
}

func TestYAMLDocumentMustBeAnObject(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{"- a\n": "a list", "hello\n": "text", "17\n": "a number", "2026-11-29\n": "a timestamp"} {
		_, problems := decode("x.yaml", content, &kinds{})
		require.Equal(t, "x.yaml:1:1: is "+want+" and must be an object; write {…}", problems)
	}
}

func TestAliasesCannotMakeASmallFileLarge(t *testing.T) {
	t.Parallel()
	var got struct {
		A [][][][][]string `config:"a"`
	}
	level := func(name, of string) string {
		return name + ": &" + name + " [" + strings.Repeat("*"+of+",", 30) + "]\n"
	}
	laughs := "x1: &x1 [l]\n" + level("x2", "x1") + level("x3", "x2") + level("x4", "x3") + level("a", "x4")
	_, problems := decode("x.yaml", laughs, &got)
	require.Contains(t, problems, "repeats so much by aliases that it is too large; write it out, shorter")
	require.Less(t, strings.Count(problems, "\n"), 110)

	_, problems = decode("x.yaml", "a: &a [*a]\n", &got)
	require.Equal(t, "x.yaml:1:8: a[0][0][0][0][0]: is a list and must be text", problems, "an anchor within itself")
}
