package schema_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/config/schema"
)

// rules has a part that is decoded later.
type rules struct {
	Policy schema.Value   `config:"policy"`
	Names  []schema.Value `config:"names"`
}

func TestPartsOfADocumentAreDecodedLaterWithTheirPlaces(t *testing.T) {
	t.Parallel()
	var got rules
	mustDecode(t, "x.json", "{\"names\": [\"a\",\n 2],\n \"policy\": {\"name\": \"n\",\n  \"port\": 0, \"odd\": {}}}", &got)
	require.Equal(t, []int{1, 2}, []int{got.Names[0].Line(), got.Names[1].Line()})
	require.Equal(t, 3, got.Policy.Line())
	require.Equal(t, "policy", got.Policy.String())
	require.Equal(t, "names[1]", got.Names[1].String())

	_, problems := got.Policy.Decode(&kinds{})
	require.Equal(t, lines(
		`x.json:4:11: policy.port: 0 is out of range; write 1 to 65535`,
		`x.json:4:14: policy.odd: is not a key that is known here; known here: text, name, one, two, three, whole, port, atLeast, atMost, real, growth, flag, wait, timeout, secret, colour, inner, pointer, list, choices, table, anything`,
	), problems.Err().Error())
	var name string
	_, problems = got.Names[1].Decode(&name)
	require.EqualError(t, problems.Err(), `x.json:2:2: names[1]: 2 is not text; write "2"`)
}

func TestPartThatIsNotThereHasNoPlace(t *testing.T) {
	t.Parallel()
	var got rules
	mustDecode(t, "x.json", `{"policy": null}`, &got)
	require.Nil(t, got.Policy.Node)
	require.Zero(t, got.Policy.Line())
	require.False(t, got.Policy.IsText())
	require.Equal(t, schema.Problem{Message: "is missing", Fix: "add it"}, schema.Value{}.Problem("is missing", "add it"))
	require.Equal(t, "a/b", filepath.ToSlash(schema.Value{}.ResolvePath("a//b")))
}

func TestTextsAreToldFromOtherValues(t *testing.T) {
	t.Parallel()
	var got rules
	mustDecode(t, "x.yaml", "policy: &p file.yaml\nnames: [x, 1, true, ~, [], {}, \"1\", *p]\n", &got)
	require.True(t, got.Policy.IsText())
	var texts []bool
	for _, v := range got.Names {
		texts = append(texts, v.IsText())
	}
	require.Equal(t, []bool{true, false, false, false, false, false, true, true}, texts)
}

func TestValuesPrintTheirPathOnly(t *testing.T) {
	t.Parallel()
	var got rules
	mustDecode(t, "x.json", `{"policy": {"secret": "hunter2"}, "names": ["hunter2"]}`, &got)
	raw, err := json.Marshal(got)
	require.NoError(t, err)
	require.JSONEq(t, `{"Policy": "policy", "Names": ["names[0]"]}`, string(raw))
	require.Equal(t, "policy names[0]", fmt.Sprint(got.Policy, " ", got.Names[0]))
}

func TestProblemsOfAValueBeginWithItUnlessItIsSecret(t *testing.T) {
	t.Parallel()
	var got rules
	mustDecode(t, "x.yaml", "names: [open, \"${X}\", 17, \"${NONE}\", \"${NONE:-shut}\"]\n", &got, "X", "hunter2")
	odd := &schema.InvalidValue{What: "is odd", Fix: "write even"}
	for i, want := range []string{
		`x.yaml:1:9: names[0]: "open" is odd; write even`,
		`x.yaml:1:15: names[1]: the value with ${X} is odd; write even`,
		`x.yaml:1:23: names[2]: is odd; write even`,
		`x.yaml:1:27: names[3]: is odd; write even`,
		`x.yaml:1:38: names[4]: "shut" is odd; write even`,
	} {
		require.EqualError(t, got.Names[i].ProblemWith(odd), want)
	}
	hidden := &schema.InvalidValue{What: "is odd", Secret: true}
	require.EqualError(t, got.Names[0].ProblemWith(hidden), `x.yaml:1:9: names[0]: is odd`)
	require.EqualError(t, hidden, "is odd")
}

func TestPathsOfADocumentAreResolvedInItsFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var got rules
	mustDecode(t, filepath.Join(folder, "x.json"), `{"policy": {}}`, &got)
	for path, want := range map[string]string{
		"a.pem": filepath.Join(folder, "a.pem"), "../b": filepath.Join(filepath.Dir(folder), "b"),
		filepath.Join(folder, "c"): filepath.Join(folder, "c"), "": ".",
	} {
		require.Equal(t, want, got.Policy.ResolvePath(path), path)
	}
	mustDecode(t, "etc/x.json", `{"policy": {}}`, &got)
	require.Equal(t, filepath.Join("etc", "a.pem"), got.Policy.ResolvePath("a.pem"))
}

func TestProblemsPrintOneALine(t *testing.T) {
	t.Parallel()
	for want, problem := range map[string]schema.Problem{
		"x.json: is empty":                         {File: "x.json", Message: "is empty"},
		"x.json: is empty; write something":        {File: "x.json", Message: "is empty", Fix: "write something"},
		"x.json:3:9: is nested too deeply":         {File: "x.json", Line: 3, Column: 9, Message: "is nested too deeply"},
		"x.json:3:9: a.b[0]: is odd; write even":   {File: "x.json", Line: 3, Column: 9, Path: "a.b[0]", Message: "is odd", Fix: "write even"},
		"x.json: bot: is missing; add \"bot\": {}": {File: "x.json", Path: "bot", Message: "is missing", Fix: `add "bot": {}`},
	} {
		require.EqualError(t, problem, want)
		require.EqualError(t, schema.Problems{problem, problem}, want+"\n"+want)
	}
}
