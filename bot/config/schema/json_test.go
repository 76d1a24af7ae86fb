package schema_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/config/schema"
)

func TestJSONSyntaxIsReportedWithPlaceAndRemedy(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ content, want string }{
		{"", `x.json: is empty`},
		{" \r\n\t", `x.json: is empty`},
		{"\ufeff", `x.json: is empty`},
		{`{"a": 1,}`, `x.json:1:9: is not JSON: invalid character '}' looking for beginning of object key string; remove the comma before it`},
		{`{"a": [}`, `x.json:1:8: is not JSON: invalid character '}' looking for beginning of value; look before it for a bracket that is not closed, or a value that is missing`},
		{`{"a": [1,]}`, `x.json:1:10: is not JSON: invalid character ']' looking for beginning of value; remove the comma before it`},
		{"{\n  // why\n  \"a\": 1}", `x.json:2:3: is not JSON: invalid character '/' looking for beginning of object key string; JSON has no comments: remove them, or write the file as YAML`},
		{"{\"a\": 1} # why", `x.json:1:10: is not JSON: invalid character '#' after top-level value; JSON has no comments: remove them, or write the file as YAML`},
		{`{'a': 1}`, `x.json:1:2: is not JSON: invalid character '\'' looking for beginning of object key string; write double quotes`},
		{`{"a" "b"}`, `x.json:1:6: is not JSON: invalid character '"' after object key; a comma or a colon is missing before it`},
		{"{\"a\": 1\n \"b\": 2}", `x.json:2:2: is not JSON: invalid character '"' after object key:value pair; a comma or a colon is missing before it`},
		{"{\"a\": \"x\n\"}", `x.json:1:9: is not JSON: invalid character '\n' in string literal; write \n or \t inside quotes, or close the quote before the end of the line`},
		{"{\"a\": \"x\ty\"}", `x.json:1:9: is not JSON: invalid character '\t' in string literal; write \n or \t inside quotes, or close the quote before the end of the line`},
		{`{"a": "\x"}`, `x.json:1:9: is not JSON: invalid character 'x' in string escape code`},
		{`{a: 1}`, `x.json:1:2: is not JSON: invalid character 'a' looking for beginning of object key string`},
		{`{"a": 01}`, `x.json:1:8: is not JSON: invalid character '1' after object key:value pair`},
		{`{"a": True}`, `x.json:1:7: is not JSON: invalid character 'T' looking for beginning of value`},
		{`{"a": 1`, `x.json:1:7: the file ends in the middle; close what is open: a quote, a ] or a }`},
		{"{\"a\":\n[", `x.json:2:1: the file ends in the middle; close what is open: a quote, a ] or a }`},
		{`{"a": "`, `x.json:1:7: the file ends in the middle; close what is open: a quote, a ] or a }`},
		{`{} {}`, `x.json:1:4: is not JSON: invalid character '{' after top-level value`},
		{`hunter2`, `x.json:1:1: is not JSON: invalid character 'h' looking for beginning of value`},
	} {
		_, problems := decode("x.json", row.content, &kinds{})
		require.Equal(t, row.want, problems, row.content)
	}
}

func TestJSONDocumentMustBeAnObject(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		`[]`: "a list", `"x"`: "text", `1`: "a number", `1.5`: "a number", `true`: "true or false", "\tnull": "null",
	} {
		_, problems := decode("x.json", content, &kinds{})
		require.Regexp(t, `^x\.json:1:[12]: is `+want+` and must be an object; write \{…\}$`, problems)
	}
}

func TestJSONAllowsWhatYAMLDoesNot(t *testing.T) {
	t.Parallel()
	var got kinds
	mustDecode(t, "x.json", "\ufeff{\t\"name\"\t:\r\n\t\t\"\\ud83d\\ude00\\/\\u0000\" ,\"list\":[\"\\ud800\"]\t}\r\n", &got)
	require.Equal(t, "😀/\x00", got.Name)
	require.Equal(t, []string{"\ufffd"}, got.List, "half a pair is replaced, as encoding/json does it")
}

func TestEndingOfTheNameSaysWhichFormat(t *testing.T) {
	t.Parallel()
	const asJSON, asYAML = "{\t\"name\": \"n\"}", "name: n\n"
	for _, row := range []struct {
		name, content string
		readable      bool
	}{
		{"x.json", asJSON, true}, {"x.JSON", asJSON, true}, {"x.json", asYAML, false},
		{"x.yaml", asYAML, true}, {"x.yml", asYAML, true}, {"x.YML", asYAML, true},
		{"x.yaml", asJSON, true}, {"x.yaml", "\t" + asJSON, true}, {"x.yaml", "\t" + asYAML, false}, // tabs before JSON only
		{"x.yaml", "{\t\"name\": \"n\",}", true}, {"x.json", "{\t\"name\": \"n\",}", false}, // a comma too many
		{"x.conf", asJSON, true}, {"x.conf", asYAML, true}, {"x", " \n" + asJSON, true}, {"x", "{name: n}", false},
		{"", asYAML, true},
	} {
		var got kinds
		_, problems := decode(row.name, row.content, &got)
		require.Equal(t, row.readable, problems == "", "%s %q: %s", row.name, row.content, problems)
		require.Equal(t, row.readable, got.Name == "n", row.name)
	}
}

func TestColumnsCountCharacters(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"x.json": ":2:11: whole: true is not a whole number; write digits only",
		"x.yaml": ":2:11: whole: true is not a whole number; write digits only",
	} {
		_, problems := decode(name, "{\"name\": \"😀é\",\r\n \"whole\": true}", &kinds{})
		require.Equal(t, name+want, problems)
		_, problems = decode(name, "{\"text\": \"😀é\", \"whole\": true, \"name\": \"n\"}", &kinds{})
		require.Equal(t, name+":1:25: whole: true is not a whole number; write digits only", problems)
	}
}

// FuzzJSON compares what is read with what encoding/json reads.
func FuzzJSON(f *testing.F) {
	f.Add(`{"text": "a\u00e9\ud83d", "whole": 12, "real": 1e3, "flag": true, "list": ["x"], "table": {"k": "v"}}`)
	f.Add("{\"text\"\t:\r\n\"x\",\"list\":null}")
	f.Add(`{"text": 1, "text": 2, "odd": [[[[]]]]}`)
	type plain struct {
		Text  string            `config:"text" json:"text"`
		Whole int               `config:"whole" json:"whole"`
		Real  float64           `config:"real" json:"real"`
		Flag  bool              `config:"flag" json:"flag"`
		List  []string          `config:"list" json:"list"`
		Table map[string]string `config:"table" json:"table"`
	}
	f.Fuzz(func(t *testing.T, content string) {
		var got, want plain
		document, err := schema.Parse("x.json", []byte(content), nil)
		if err != nil {
			return
		}
		if _, problems := document.Decode(&got); len(problems) > 0 || strings.Contains(content, "${") || strings.Contains(content, `\u`) {
			return // the other reader is lenient, and expands no variables
		}
		if err := json.Unmarshal([]byte(strings.TrimPrefix(content, "\ufeff")), &want); err != nil {
			t.Fatalf("encoding/json refuses what was read: %v", err)
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("encoding/json reads %#v, and not %#v", want, got)
		}
	})
}
