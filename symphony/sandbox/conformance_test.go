package sandbox_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
)

// specifications are the vendor's files, by the base path of what they describe.
func specifications(t *testing.T) map[string]*openapi3.T {
	t.Helper()
	folder := os.Getenv("SYMPHONY_API_SPEC")
	if folder == "" {
		t.Skip("SYMPHONY_API_SPEC does not name the folder of the vendor's OpenAPI files")
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join("..", "..", folder) // relative to the module
	}
	load := func(name string) *openapi3.T {
		loader := openapi3.NewLoader()
		loader.IsExternalRefsAllowed = true
		doc, err := loader.LoadFromFile(filepath.Join(folder, name))
		require.NoError(t, err)
		forgiveRootCause(doc)
		return doc
	}
	return map[string]*openapi3.T{
		"/pod": swagger(t, filepath.Join(folder, "pod/pod-api-public.yaml")), "/login": swagger(t, filepath.Join(folder, "login/login-api-public.yaml")),
		"/agent": load("agent/agent-api-public.yaml"), "/profile-manager": load("profile-manager/profile-manager-api.yaml"),
		"": load("users/users-api-public.yaml"),
	}
}

// forgiveRootCause drops a field that the profile manager's file requires of groups and profiles
// and describes nowhere: its own examples do not have it.
func forgiveRootCause(doc *openapi3.T) {
	for _, named := range doc.Components.Schemas {
		for _, part := range append(named.Value.AllOf, named) {
			part.Value.Required = slices.DeleteFunc(part.Value.Required, func(name string) bool { return name == "rootCause" })
		}
	}
}

// swagger reads a file of version 2.
func swagger(t *testing.T, file string) *openapi3.T {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var tree any
	require.NoError(t, yaml.Unmarshal(raw, &tree))
	asJSON, err := json.Marshal(withTextKeys(tree))
	require.NoError(t, err)
	var old openapi2.T
	require.NoError(t, json.Unmarshal(asJSON, &old))
	doc, err := openapi2conv.ToV3(&old)
	require.NoError(t, err)
	return doc
}

// withTextKeys makes YAML's maps JSON's: statuses are numbers there.
func withTextKeys(value any) any {
	switch v := value.(type) {
	case map[any]any:
		object := map[string]any{}
		for key, inner := range v {
			object[fmt.Sprint(key)] = withTextKeys(inner)
		}
		return object
	case map[string]any:
		for key, inner := range v {
			v[key] = withTextKeys(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = withTextKeys(inner)
		}
	}
	return value
}

// checker validates all that a pod answers.
type checker struct {
	*testing.T
	specs      map[string]*openapi3.T
	operations []sandbox.Operation
	seen       map[string]int // by operation: good answers
}

func (k *checker) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		next.ServeHTTP(recorder, r)
		k.check(r, recorder)
		maps.Copy(w.Header(), recorder.Header())
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	})
}

func (k *checker) check(r *http.Request, got *httptest.ResponseRecorder) {
	at := slices.IndexFunc(k.operations, func(o sandbox.Operation) bool { return o.Method == r.Method && matchesPath(o.Path, r.URL.Path) })
	if at < 0 {
		return
	}
	o := k.operations[at]
	if got.Code < 300 {
		k.seen[o.Method+" "+o.Path]++
	}
	if described := k.operation(o); described != nil && o.Implemented && described.Responses.Value(strconv.Itoa(got.Code)) == nil {
		k.Errorf("%s %s: the vendor's file lists no status %d\n%s", o.Method, o.Path, got.Code, got.Body)
	}
	schema := k.schema(o, got.Code)
	if schema == nil || got.Body.Len() == 0 {
		return
	}
	var value any
	if json.Unmarshal(got.Body.Bytes(), &value) != nil {
		return // a file
	}
	if err := schema.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		k.Errorf("%s %s %d: %v\n%s", o.Method, o.Path, got.Code, err, got.Body)
	}
	for _, field := range unknownFields(schema, value) {
		k.Errorf("%s %s %d: nobody has described the field %s\n%s", o.Method, o.Path, got.Code, field, got.Body)
	}
}

// unknownFields are the fields of an answer that its description does not know, misspelt ones above
// all.
func unknownFields(schema *openapi3.Schema, value any) []string {
	var found []string
	switch v := value.(type) {
	case []any:
		for _, inner := range v {
			if schema.Items != nil {
				found = append(found, unknownFields(schema.Items.Value, inner)...)
			}
		}
	case map[string]any:
		known := describedFields(schema)
		for name, inner := range v {
			switch field := known[name]; {
			case field != nil:
				found = append(found, unknownFields(field.Value, inner)...)
			case len(known) > 0:
				found = append(found, name)
			}
		}
	}
	return found
}

func describedFields(schema *openapi3.Schema) openapi3.Schemas {
	known := maps.Clone(schema.Properties)
	for _, part := range schema.AllOf {
		if known == nil {
			known = openapi3.Schemas{}
		}
		maps.Copy(known, describedFields(part.Value))
	}
	return known
}

func matchesPath(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if !strings.HasPrefix(want[i], "{") && want[i] != got[i] {
			return false
		}
	}
	return true
}

// operation finds the vendor's description of one of ours, whatever its parameters are called.
func (k *checker) operation(o sandbox.Operation) *openapi3.Operation {
	for base, doc := range k.specs {
		for path, item := range doc.Paths.Map() {
			if sameShape(base+path, o.Path) && item.GetOperation(o.Method) != nil {
				return item.GetOperation(o.Method)
			}
		}
	}
	return nil
}

func sameShape(a, b string) bool {
	left, right := strings.Split(a, "/"), strings.Split(b, "/")
	return slices.EqualFunc(left, right, func(x, y string) bool {
		return x == y || (strings.HasPrefix(x, "{") && strings.HasPrefix(y, "{"))
	})
}

func (k *checker) schema(o sandbox.Operation, status int) *openapi3.Schema {
	described := k.operation(o)
	if described == nil {
		return nil
	}
	response := described.Responses.Value(strconv.Itoa(status))
	if response == nil || response.Value == nil {
		return nil
	}
	for _, media := range response.Value.Content {
		if media.Schema != nil {
			return media.Schema.Value
		}
	}
	return nil
}

func TestAnswersFollowTheVendorsSpecification(t *testing.T) {
	specs := specifications(t)
	b := loggedIn(t)
	k := &checker{T: t, specs: specs, operations: sandbox.Operations(), seen: map[string]int{}}
	b.Server.Close()
	b.Server = httptest.NewServer(k.watch(b.Handler))
	b.HTTP, b.People = b.Server.Client(), client.New(b.Server.URL)
	t.Cleanup(func() {
		b.People.Close()
		b.Server.Close()
	})
	b.tour()
	for _, o := range k.operations {
		if o.Implemented && k.operation(o) != nil {
			require.NotZero(t, k.seen[o.Method+" "+o.Path], "%s %s was never answered well", o.Method, o.Path)
		}
	}
}

func TestEachOperationOfTheVendorsIsKnown(t *testing.T) {
	t.Parallel()
	specs := specifications(t)
	k := &checker{T: t, specs: specs}
	known := sandbox.Operations()
	for base, doc := range specs {
		for path, item := range doc.Paths.Map() {
			for method := range item.Operations() {
				require.True(t, slices.ContainsFunc(known, func(o sandbox.Operation) bool {
					return o.Method == method && sameShape(base+path, o.Path)
				}), "%s %s%s", method, base, path)
			}
		}
	}
	for _, o := range known {
		if !strings.HasPrefix(o.Path, "/relay") && !strings.HasPrefix(o.Path, "/sessionauth") && !strings.HasPrefix(o.Path, "/keyauth") && o.ReplacedBy == "" {
			require.NotNil(t, k.operation(o), "the vendor has no %s %s", o.Method, o.Path)
		}
	}
}
