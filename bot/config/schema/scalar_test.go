package schema_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/config/schema"
)

// colour reads itself from text.
type colour string

func (c *colour) UnmarshalText(text []byte) error {
	switch s := string(text); s {
	case "red", "green", "":
		*c = colour(s)
		return nil
	case "key":
		return &schema.InvalidValue{What: "is a key", Fix: "write a colour", Secret: true}
	case "odd":
		return errors.New("an error that is no InvalidValue: hunter2")
	}
	return &schema.InvalidValue{What: "is no colour", Fix: "write red or green"}
}

// kinds has a key of each kind.
type kinds struct {
	Text     string            `config:"text"`
	Name     string            `config:"name,required" eg:"\"roombot\""`
	One      string            `config:"one,oneof=v2"`
	Two      string            `config:"two,oneof=json|console"`
	Three    string            `config:"three,oneof=a|b|c"`
	Whole    int               `config:"whole"`
	Port     int               `config:"port,min=1,max=65535"`
	AtLeast  int               `config:"atLeast,min=-1"`
	AtMost   int               `config:"atMost,max=7"`
	Real     float64           `config:"real"`
	Growth   float64           `config:"growth,min=1,max=2.5"`
	Flag     bool              `config:"flag"`
	Wait     time.Duration     `config:"wait"`
	Timeout  time.Duration     `config:"timeout,min=1s,max=5m"`
	Secret   schema.Secret     `config:"secret"`
	Colour   colour            `config:"colour"`
	Inner    struct{}          `config:"inner"`
	Pointer  *struct{}         `config:"pointer"`
	List     []string          `config:"list"`
	Choices  []string          `config:"choices,oneof=a|b"`
	Table    map[string]string `config:"table"`
	Anything schema.Value      `config:"anything"`
}

func TestEachKindOfValueIsRead(t *testing.T) {
	t.Parallel()
	const asJSON = `{
		"text": "a \"quoted\" text\n\u00e9 \ud83d\ude00", "name": "n", "one": "v2", "two": "json", "three": "c",
		"whole": -9223372036854775808, "port": 65535, "atLeast": -1, "atMost": 7,
		"real": -1.25e-2, "growth": 2, "flag": true, "wait": "1h2m3.5s", "timeout": "5m",
		"secret": "hunter2", "colour": "red", "inner": {}, "pointer": {}, "list": ["x", ""], "choices": ["b"],
		"table": {"k": "v", "": "empty"}}`
	const asYAML = `
text: "a \"quoted\" text\n\u00e9 \U0001F600"
name: n
one: v2
two: 'json'
three: c
whole: -9223372036854775808
port: 65535
atLeast: -1
atMost: 7
real: -1.25e-2
growth: 2
flag: true
wait: 1h2m3.5s
timeout: 5m
secret: hunter2
colour: red
inner: {}
pointer: {}
list: [x, ""]
choices:
- b
table: {k: v, "": empty}
`
	want := kinds{
		Text: "a \"quoted\" text\né 😀", Name: "n", One: "v2", Two: "json", Three: "c",
		Whole: math.MinInt64, Port: 65535, AtLeast: -1, AtMost: 7, Real: -0.0125, Growth: 2, Flag: true,
		Wait: time.Hour + 2*time.Minute + 3500*time.Millisecond, Timeout: 5 * time.Minute,
		Secret: schema.NewSecret("hunter2"), Colour: "red", Pointer: &struct{}{}, List: []string{"x", ""}, Choices: []string{"b"},
		Table: map[string]string{"k": "v", "": "empty"},
	}
	for name, content := range map[string]string{"x.json": asJSON, "x.yaml": asYAML} {
		var got kinds
		require.Empty(t, mustDecode(t, name, content, &got), name)
		require.Equal(t, want, got, name)
	}
}

func TestEachKindOfValueRefusesTheOthers(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ key, value, want string }{
		{"text", `17`, `17 is not text; write "17"`},
		{"text", `1.50`, `1.50 is not text; write "1.50"`},
		{"text", `true`, `true is not text; write "true"`},
		{"text", `[]`, `is a list and must be text`},
		{"text", `{}`, `is an object and must be text`},
		{"name", `""`, `"" is empty; add "name": "roombot"`},
		{"name", `" \t"`, `" \t" is empty; add "name": "roombot"`},
		{"one", `"v1"`, `"v1" is not one of the choices; write v2`},
		{"two", `"JSON"`, `"JSON" is not one of the choices; write json or console`},
		{"three", `""`, `"" is not one of the choices; write a, b or c`},
		{"three", `1`, `1 is not text; write "1"`},
		{"whole", `"17"`, `"17" is text and is not a whole number; write it without quotes`},
		{"whole", `"x"`, `"x" is text and is not a whole number; write digits only`},
		{"whole", `1.0`, `1.0 is not a whole number; write digits only`},
		{"whole", `1e3`, `1e3 is not a whole number; write digits only`},
		{"whole", `false`, `false is not a whole number; write digits only`},
		{"whole", `[1]`, `is a list and must be a whole number`},
		{"whole", `9223372036854775808`, `9223372036854775808 is not a whole number; write digits only`},
		{"port", `0`, `0 is out of range; write 1 to 65535`},
		{"port", `65536`, `65536 is out of range; write 1 to 65535`},
		{"port", `-1`, `-1 is out of range; write 1 to 65535`},
		{"atLeast", `-2`, `-2 is too small; write -1 or more`},
		{"atMost", `8`, `8 is too large; write 7 or less`},
		{"real", `"1.5"`, `"1.5" is text and is not a number; write it without quotes`},
		{"real", `"2"`, `"2" is text and is not a number; write it without quotes`},
		{"real", `"x"`, `"x" is text and is not a number; write it like 1.5`},
		{"real", `true`, `true is not a number; write it like 1.5`},
		{"real", `{}`, `is an object and must be a number`},
		{"growth", `0.99`, `0.99 is out of range; write 1 to 2.5`},
		{"growth", `2.51`, `2.51 is out of range; write 1 to 2.5`},
		{"flag", `"true"`, `"true" is text and is not true or false; write it without quotes`},
		{"flag", `"yes"`, `"yes" is text and is not true or false; write true or false`},
		{"flag", `1`, `1 is not true or false; write true or false`},
		{"flag", `{}`, `is an object and must be true or false`},
		{"wait", `3`, `3 is not a duration; write a number with a unit, such as 30s, 500ms or 2m`},
		{"wait", `"3"`, `"3" is not a duration; write a number with a unit, such as 30s, 500ms or 2m`},
		{"wait", `"4 hours"`, `"4 hours" is not a duration; write 4h`},
		{"wait", `"90 Min"`, `"90 Min" is not a duration; write 90m`},
		{"wait", `"1w"`, `"1w" is not a duration; write a number with a unit, such as 30s, 500ms or 2m`},
		{"wait", `""`, `"" is not a duration; write a number with a unit, such as 30s, 500ms or 2m`},
		{"wait", `true`, `true is not a duration; write a number with a unit, such as 30s, 500ms or 2m`},
		{"wait", `["1s"]`, `is a list and must be text`},
		{"wait", `"-1s"`, `"-1s" is too small; write 0s or more`},
		{"timeout", `"999ms"`, `"999ms" is out of range; write 1s to 5m`},
		{"timeout", `"5m0.1s"`, `"5m0.1s" is out of range; write 1s to 5m`},
		{"timeout", `"-1s"`, `"-1s" is out of range; write 1s to 5m`},
		{"secret", `17`, `is not text; put it in quotes`},
		{"secret", `["hunter2"]`, `is a list and must be text`},
		{"colour", `"blue"`, `"blue" is no colour; write red or green`},
		{"colour", `"key"`, `is a key; write a colour`},
		{"colour", `"odd"`, `"odd" is not valid`},
		{"colour", `17`, `17 is not text; write "17"`},
		{"inner", `[]`, `is a list and must be an object; write {…}`},
		{"inner", `"x"`, `is text and must be an object; write {…}`},
		{"pointer", `1.5`, `is a number and must be an object; write {…}`},
		{"list", `{}`, `is an object and must be a list; write […]`},
		{"list", `"x"`, `is text and must be a list; write […]`},
		{"list", `[]`, `is an empty list; write at least one entry`},
		{"table", `[]`, `is a list and must be an object; write {…}`},
		{"table", `true`, `is true or false and must be an object; write {…}`},
	} {
		for _, m := range members(row.key, row.value) {
			var got kinds
			got.Name = "set"
			_, problems := decode(m.file, m.content, &got)
			want := fmt.Sprintf("%s:1:%d: %s: %s", m.file, m.column, row.key, row.want)
			require.Contains(t, strings.Split(problems, "\n"), want, m.content)
			got.Name, got.List, got.Table, got.Pointer = "", nil, nil, nil
			require.Equal(t, kinds{}, got, "nothing is filled in: %s", m.content)
		}
	}
}

func TestEntriesOfListsAndTablesHaveTheirPlaces(t *testing.T) {
	t.Parallel()
	const content = `{
  "name": "n",
  "list": ["x", 1, ["y"]],
  "choices": ["a", "c"],
  "table": {"k": 1, "a.b": {}, "ü": true}
}`
	for _, file := range []string{"x.json", "x.conf"} {
		_, problems := decode(file, content, &kinds{})
		require.Equal(t, lines(
			`:3:17: list[1]: 1 is not text; write "1"`,
			`:3:20: list[2]: is a list and must be text`,
			`:4:20: choices[1]: "c" is not one of the choices; write a or b`,
			`:5:18: table.k: 1 is not text; write "1"`,
			`:5:28: table["a.b"]: is an object and must be text`,
			`:5:37: table.ü: true is not text; write "true"`,
		), strings.ReplaceAll(problems, file, ""))
	}
}

func TestNullIsAnAbsentValue(t *testing.T) {
	t.Parallel()
	type settings struct {
		schema.Keys
		Text  string  `config:"text,default=fallback"`
		Inner *kinds  `config:"inner"`
		List  []int   `config:"list"`
		Real  float64 `config:"real,unused"`
	}
	for name, content := range map[string]string{
		"x.json": `{"text": null, "inner": null, "list": null, "real": null}`, "x.yaml": "text:\ninner: ~\nlist: null\nreal: NULL\n",
	} {
		var got settings
		require.Empty(t, mustDecode(t, name, content, &got), name)
		require.Equal(t, "fallback", got.Text)
		require.False(t, got.Has("text"))
		require.Nil(t, got.Inner)
		require.Nil(t, got.List)
	}
}

func TestNumberThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	_, problems := decode("x.json", `{"name": "n", "real": 1e999}`, &kinds{})
	require.Equal(t, `x.json:1:23: real: 1e999 is not a number; write it like 1.5`, problems)
	_, problems = decode("x.yaml", "name: n\nreal: .inf\ngrowth: .nan\n", &kinds{})
	require.Equal(t, lines(`x.yaml:2:7: real: .inf is not a number; write it like 1.5`, `x.yaml:3:9: growth: .nan is not a number; write it like 1.5`), problems)
}

func TestLongValuesAreCutInMessages(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 61)
	raw, err := json.Marshal(map[string]string{"name": "n", "two": long})
	require.NoError(t, err)
	_, problems := decode("x.json", string(raw), &kinds{})
	require.Equal(t, `x.json:1:19: two: "`+strings.Repeat("ä", 60)+`…" is not one of the choices; write json or console`, problems)
	_, problems = decode("x.json", `{"name": "n", "whole": 1`+strings.Repeat("0", 60)+`}`, &kinds{})
	require.Equal(t, `x.json:1:24: whole: 1`+strings.Repeat("0", 59)+`… is not a whole number; write digits only`, problems)
}

func TestTypeThatCannotBeReadIsAMistakeOfTheProgram(t *testing.T) {
	t.Parallel()
	var odd struct {
		Channel chan int `config:"channel"`
	}
	require.PanicsWithValue(t, "schema: no way to read a chan int", func() { _, _ = decode("x.json", `{"channel": 1}`, &odd) })
}
