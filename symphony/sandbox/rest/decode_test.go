package rest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/rest"
)

func TestABodyThatCannotBeReadIsExplainedInPlainWords(t *testing.T) {
	t.Parallel()
	type mention struct {
		Start int `json:"start"`
	}
	var into struct {
		Text     string            `json:"text"`
		Count    *int32            `json:"count"`
		Share    float64           `json:"share"`
		Open     bool              `json:"open"`
		With     []string          `json:"with"`
		Values   map[string]string `json:"values"`
		Mention  mention           `json:"mention"`
		Mentions []mention         `json:"mentions"`
	}
	for body, want := range map[string]string{
		`{"text":7}`:                    "text must be a string, not a number",
		`{"text":true}`:                 "text must be a string, not true or false",
		`{"text":[]}`:                   "text must be a string, not a list",
		`{"text":{}}`:                   "text must be a string, not an object",
		`{"count":"2"}`:                 "count must be a whole number, not a string",
		`{"count":1.5}`:                 "count must be a whole number, not 1.5",
		`{"count":99999999999}`:         "count must be a whole number, not 99999999999",
		`{"share":"1"}`:                 "share must be a number, not a string",
		`{"open":"yes"}`:                "open must be true or false, not a string",
		`{"with":"bob"}`:                "with must be a list, not a string",
		`{"with":[1]}`:                  "with must be a string, not a number",
		`{"values":[]}`:                 "values must be an object, not a list",
		`{"mention":"x"}`:               "mention must be an object, not a string",
		`{"mentions":[{"start":"0"}]}`:  "mentions.start must be a whole number, not a string",
		`[]`:                            "it must be an object, not a list",
		`{"txt":"hi"}`:                  `unknown field "txt"`,
		`{"text":"hi"} {"text":"more"}`: "invalid character '{' after top-level value",
		`{"text":"hi","text":"ho"}`:     "text is given twice",
		`{"values":{"a":"1","a":"2"}}`:  "a is given twice",
		`{"mentions":[{},{"start":1,"start":2}]}`: "start is given twice",
		`{"text":`: "unexpected end of JSON input",
	} {
		err := rest.DecodeStrictly([]byte(body), "say", &into)
		require.EqualError(t, err, "400 The request body is not what say takes: "+want, body)
		require.Equal(t, http.StatusBadRequest, rest.ErrorOf(err).Status)
	}
	require.NoError(t, rest.Decode([]byte(`{"txt":"hi"}`), "say", &into), "the service ignores what it does not know")
	require.NoError(t, rest.Decode([]byte(`{"text":"hi","text":"ho"}`), "say", &into), "the service takes the last")
	require.NoError(t, rest.DecodeStrictly([]byte(`{"mentions":[{"start":1},{"start":1}]}`), "say", &into), "of two objects")
	require.NoError(t, rest.DecodeStrictly([]byte("  "), "say", &into), "an absent body")
}
