package markup_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/markup"
)

const sample = `<messageML><form id="f">
  <text-field name="name" label="Room name" required="true" maxlength="5">Q2</text-field>
  <textarea name="about"/>
  <select name="kind" label="Kind"><option value="a" selected="true">A</option><option value="b">B</option></select>
  <select name="many" multiple="true" max="2"><option value="a">A</option><option value="b">B</option><option value="c">C</option></select>
  <person-selector name="people" label="Members" value="[1001]"/>
  <room-selector name="rooms"/>
  <checkbox name="history" value="yes">Share</checkbox>
  <checkbox name="tick" value="1" checked="true">1</checkbox><checkbox name="tick" value="2" checked="true">2</checkbox>
  <radio name="colour" value="red">Red</radio><radio name="colour" value="blue">Blue</radio>
  <date-picker name="day"/>
  <text-field name="code" pattern="[0-9]+" pattern-error-message="digits only"/>
  <select name="quick" auto-submit="true"><option value="x">X</option></select>
  <button name="create">Create</button><button name="draft" formnovalidate="true">Draft</button><button type="reset">Reset</button>
</form></messageML>`

func sampleForm(t *testing.T) markup.Form {
	t.Helper()
	converted := convert(t, sample, "")
	require.Len(t, converted.Forms, 1)
	return converted.Forms[0]
}

func encode(t *testing.T, action, values string) (string, error) {
	t.Helper()
	var given map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(values), &given))
	encoded, err := sampleForm(t).Encode(action, given)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(encoded)
	require.NoError(t, err)
	return string(text), nil
}

func TestEncodeSendsWhatAPodSends(t *testing.T) {
	t.Parallel()
	untouched, err := encode(t, "create", `{}`)
	require.NoError(t, err)
	require.JSONEq(t, `{"action":"create","name":"Q2","about":"","kind":"a","many":"","people":[1001],
		"rooms":{"userIds":[],"streamIds":[]},"tick":["1","2"],"day":"","code":"","quick":""}`, untouched)

	filled, err := encode(t, "create", `{"name":"Q3","about":"x\ny","kind":"b","many":["a","b"],"people":["1002",1003],
		"rooms":["ab-_","1001"],"history":true,"tick":["2"],"colour":"blue","day":"2026-03-31","code":"12"}`)
	require.NoError(t, err)
	require.JSONEq(t, `{"action":"create","name":"Q3","about":"x\ny","kind":"b","many":["a","b"],"people":[1002,1003],
		"rooms":{"userIds":["1001"],"streamIds":["ab+/"]},"history":"yes","tick":"2","colour":"blue","day":"2026-03-31","code":"12","quick":""}`, filled)

	emptied, err := encode(t, "draft", `{"name":"","kind":"","people":[],"tick":false}`)
	require.NoError(t, err, "a button that does not validate")
	require.JSONEq(t, `{"action":"draft","name":"","about":"","kind":"","many":"","people":[],
		"rooms":{"userIds":[],"streamIds":[]},"day":"","code":"","quick":""}`, emptied)

	_, err = encode(t, "quick", `{"quick":"x"}`)
	require.NoError(t, err, "a field that submits")
}

func TestEncodeSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ action, values, want string }{
		{"delete", `{}`, `the form "f" has no action "delete": it has "create", "draft"`},
		{"create", `{"nmae":"x"}`, `the form "f" has no field "nmae"`},
		{"create", `{"name":" "}`, `"Room name" is required`},
		{"create", `{"name":null}`, `"Room name" is required`},
		{"create", `{"name":"123456"}`, `"Room name" takes at most 5 characters, and this has 6`},
		{"create", `{"name":{}}`, `"Room name" takes a text`},
		{"create", `{"kind":"z"}`, `"Kind" has no choice "z"`},
		{"create", `{"kind":["a","b"]}`, `"Kind" takes one choice`},
		{"create", `{"many":["a","b","c"]}`, `"many" takes 0 to 2 choices`},
		{"create", `{"people":["bob"]}`, `"Members" takes user ids, and "bob" is none`},
		{"create", `{"day":"31.3."}`, `"day" takes a date such as 2026-03-31`},
		{"create", `{"code":"x"}`, `"code": digits only`},
	} {
		_, err := encode(t, c.action, c.values)
		require.ErrorContains(t, err, c.want)
	}
}

func TestFormsAreDescribed(t *testing.T) {
	t.Parallel()
	f := sampleForm(t)
	require.Equal(t, "f", f.ID)
	require.Equal(t, markup.Field{Name: "name", Kind: markup.TextField, Label: "Room name", Required: true, MaxLength: 5, Initial: "Q2"}, f.Fields[0])
	require.Equal(t, []markup.Button{{Name: "create", Label: "Create", Type: "action"}, {Name: "draft", Label: "Draft", Type: "action", Unchecked: true},
		{Label: "Reset", Type: "reset"}}, f.Buttons)
	require.Len(t, f.Fields, 13, "the radios are one field")
}
