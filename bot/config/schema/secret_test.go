package schema_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"roombot/bot/config/schema"
)

// vault has secrets wherever a struct may have them.
type vault struct {
	Secret  schema.Secret
	Pointer *schema.Secret
	List    []schema.Secret
	Table   map[string]schema.Secret
	Any     any
	hidden  schema.Secret
}

func newVault() vault {
	s := schema.NewSecret("hunter2")
	return vault{Secret: s, Pointer: &s, List: []schema.Secret{s}, Table: map[string]schema.Secret{"k": s}, Any: s, hidden: s}
}

func TestSecretsAreNotPrintedByAnyVerb(t *testing.T) {
	t.Parallel()
	v := newVault()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%t", "%c", "%U", "%20v", "%-20s", "%.3s", "% x", "%p"} {
		for _, value := range []any{v, &v, v.Secret, v.Pointer, v.List, v.Table, v.Any, v.hidden, []any{v}} {
			printed := fmt.Sprintf(verb, value)
			require.NotContains(t, printed, "hunter2", verb)
			require.NotContains(t, printed, "68756e74657232", verb)
			require.NotContains(t, printed, "68 75 6e", verb)
		}
	}
	require.Equal(t, "[redacted] [redacted] [redacted] [redacted]", fmt.Sprintf("%v %s %q %#v", v.Secret, v.Secret, v.Secret, v.Secret))
	require.NotContains(t, fmt.Errorf("sign in with %v: %w", v, errors.New("refused")).Error(), "hunter2")
}

func TestSecretsAreNotEncoded(t *testing.T) {
	t.Parallel()
	v := newVault()
	asJSON, err := json.Marshal(v)
	require.NoError(t, err)
	require.JSONEq(t, `{"Secret":"[redacted]","Pointer":"[redacted]","List":["[redacted]"],"Table":{"k":"[redacted]"},"Any":"[redacted]"}`, string(asJSON))
	asYAML, err := yaml.Marshal(v)
	require.NoError(t, err)
	require.NotContains(t, string(asYAML), "hunter2")
	asXML, err := xml.Marshal(v.List)
	require.NoError(t, err)
	require.NotContains(t, string(asXML), "hunter2")
}

func TestEmptySecretPrintsNothing(t *testing.T) {
	t.Parallel()
	for _, empty := range []schema.Secret{{}, schema.NewSecret("")} {
		require.True(t, empty.IsZero())
		require.Empty(t, empty.Reveal())
		require.Empty(t, fmt.Sprintf("%v%s%q%#v%x", empty, empty, empty, empty, empty))
	}
	full := schema.NewSecret(" ")
	require.False(t, full.IsZero())
	require.Equal(t, " ", full.Reveal())
}

func TestSecretsOfADocumentAreReadAndNeverQuoted(t *testing.T) {
	t.Parallel()
	type locks struct {
		Key  schema.Secret            `config:"key,required"`
		Keys []schema.Secret          `config:"keys"`
		Ring map[string]schema.Secret `config:"ring"`
	}
	var got locks
	mustDecode(t, "x.yaml", "key: ${KEY}\nkeys: [a, hunter2]\nring: {door: hunter2}\n", &got, "KEY", "hunter2")
	require.Equal(t, "hunter2", got.Key.Reveal())
	require.Equal(t, "hunter2", got.Keys[1].Reveal())
	require.Equal(t, "hunter2", got.Ring["door"].Reveal())

	_, problems := decode("x.json", `{"key": 7002, "keys": [7002, {"hunter2": 1}], "ring": {"door": 7002, "gate": ["hunter2"]}}`, &got)
	require.Equal(t, lines(
		`x.json:1:9: key: is not text; put it in quotes`,
		`x.json:1:24: keys[0]: is not text; put it in quotes`,
		`x.json:1:30: keys[1]: is an object and must be text`,
		`x.json:1:64: ring.door: is not text; put it in quotes`,
		`x.json:1:78: ring.gate: is a list and must be text`), problems)
	_, problems = decode("x.json", `{"key": "hunter2 ${NONE} hunter2"}`, &got)
	require.Equal(t, `x.json:1:9: key: takes the environment variable NONE, which is not set; set it, or write a default: ${NONE:-default}`, problems)
}
