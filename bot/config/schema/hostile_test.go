package schema_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/config/schema"
)

// Inputs of the largest size that are known to be hard for parsers.
func TestHostileFilesAreReadQuickly(t *testing.T) {
	t.Parallel()
	type leaf struct {
		A string `config:"a"`
	}
	const size = 4<<20 - 16
	for name, content := range map[string]string{
		"nested.yaml":  strings.Repeat("[", size),
		"nested2.yaml": strings.Repeat("{a: ", size/4),
		"keys.yaml":    strings.Repeat("? ", size/2),
		"dashes.yaml":  strings.Repeat("- ", size/2),
		"words.yaml":   strings.Repeat("a ", size/2),
		"nested.json":  strings.Repeat("[", size),
		"keys.json":    "{" + strings.Repeat(`"a":1,`, size/6) + `"b":1}`,
		"keys2.yaml":   strings.Repeat("a: 1\n", size/5),
		"quotes.yaml":  strings.Repeat(`"`, size),
		"alias.yaml":   "a: &a [" + strings.Repeat("*a,", size/3) + "]",
		"open.json":    `{"a": "` + strings.Repeat("${", size/2) + `"}`,
		"vars.json":    `{"a": "` + strings.Repeat("$${", size/3) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			document, err := schema.Parse(name, []byte(content), nil)
			if err == nil {
				_, _ = document.Decode(&leaf{})
			}
			require.Less(t, time.Since(start), time.Minute)
		})
	}
}

func TestNestingIsBounded(t *testing.T) {
	t.Parallel()
	nested := func(levels int) string {
		return `{"anything": ` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + `, "name": "n"}`
	}
	mustDecode(t, "x.json", nested(63), &kinds{})
	_, problems := decode("x.json", nested(64), &kinds{})
	require.Equal(t, "x.json:1:77: is nested too deeply", problems)
}

func TestBytesThatAreNotUTF8AreRefusedWithTheirPlace(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ content, place string }{
		{"\xff", "1:1"}, {"{\"text\": \"é\xe9\"}", "1:12"}, {"text: x\nname: \xc3(\n", "2:7"}, {"\ufeff\xff", "1:1"},
		{"\xff\xfe{\x00}\x00", "1:1"}, // UTF-16
	} {
		for _, name := range []string{"x.json", "x.yaml", "x"} {
			_, problems := decode(name, row.content, &kinds{})
			require.Equal(t, name+":"+row.place+": is not UTF-8 here; save the file as UTF-8", problems)
		}
	}
}

func TestProblemsAreListedUpToAHundred(t *testing.T) {
	t.Parallel()
	many := func(n int) string { return `{"name": "n", "list": [` + strings.Repeat("1,", n-1) + `1]}` }
	_, problems := decode("x.json", many(100), &kinds{})
	require.Equal(t, 100, strings.Count(problems, "list["))
	_, problems = decode("x.json", many(5000), &kinds{})
	all := strings.Split(problems, "\n")
	require.Len(t, all, 101)
	require.Equal(t, `x.json:1:222: list[99]: 1 is not text; write "1"`, all[99])
	require.Equal(t, `x.json:1:224: has more problems than are listed here; mend these first`, all[100])
}

func TestHostileKeysAreQuotedAndCut(t *testing.T) {
	t.Parallel()
	const known = ": is not a key that is known here; known here: text, name, one, two, three, whole, port, atLeast, atMost, real, growth, flag, wait, timeout, secret, colour, inner, pointer, list, choices, table, anything"
	for _, row := range []struct{ key, path string }{
		{`a\u001b[31mred`, `["a\x1b[31mred"]`}, {`a\nb`, `["a\nb"]`}, {`\"`, `["\""]`}, {` `, `[" "]`},
		{strings.Repeat("k", 61), strings.Repeat("k", 60) + "…"}, {strings.Repeat("k.", 40), `["` + strings.Repeat("k.", 30) + `…"]`},
	} {
		_, problems := decode("x.json", `{"name": "n", "`+row.key+`": 1}`, &kinds{})
		require.Equal(t, "x.json:1:15: "+row.path+known, problems)
	}
}

// Whatever is in a file, the problems say where it is, have no line break in them, and are the same
// each time.
func TestRandomFilesGiveProblemsOfOneLine(t *testing.T) {
	t.Parallel()
	pieces := []string{
		"name", "text", "list", ": ", "\n", " ", "{", "}", "[", "]", ",", `"`, "'", "&a", "*a", "- ", "#", "!!", "${A}", "${", "|", ">", "1", "true", "\t", "é", "?",
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for range 3_000 {
		var b strings.Builder
		for range dice.IntN(20) {
			b.WriteString(pieces[dice.IntN(len(pieces))])
		}
		for _, name := range []string{"x.json", "x.yaml"} {
			_, problems := decode(name, b.String(), &kinds{})
			for line := range strings.Lines(problems) {
				require.True(t, strings.HasPrefix(line, name+":"), "%q: %q", b.String(), problems)
				require.NotContains(t, strings.TrimSuffix(line, "\n"), "\r")
			}
			_, again := decode(name, b.String(), &kinds{})
			require.Equal(t, problems, again, "%q", b.String())
		}
	}
}
