package symphony_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// specification finds an operation of the vendor's by "METHOD /path" whose placeholders are called
// {}.
type specification map[string]*routers.Route

var anyPlaceholder = regexp.MustCompile(`\{[^}]*\}`)

var vendorSpecification = sync.OnceValues(func() (specification, error) {
	spec := specification{}
	for file, bases := range vendorFiles {
		doc, err := load(filepath.Join(os.Getenv("SYMPHONY_API_SPEC"), file))
		if err != nil {
			return nil, err
		}
		for path, item := range doc.Paths.Map() {
			for method, op := range item.Operations() {
				completeMultipart(op)
				for _, base := range bases {
					spec[method+" "+anyPlaceholder.ReplaceAllString(base+path, "{}")] = &routers.Route{
						Spec: doc, Path: path, PathItem: item, Method: method, Operation: op, Server: &openapi3.Server{URL: base},
					}
				}
			}
		}
	}
	return spec, nil
})

// completeMultipart says what the vendor's file leaves out of its multipart bodies: that they are
// objects, and that files may be several, as its reference has it.
func completeMultipart(op *openapi3.Operation) {
	if op.RequestBody == nil {
		return
	}
	form := op.RequestBody.Value.Content["multipart/form-data"]
	if form == nil || form.Schema == nil {
		return
	}
	form.Schema.Value.Type = &openapi3.Types{openapi3.TypeObject}
	if file := form.Schema.Value.Properties["attachment"]; file != nil {
		form.Schema.Value.Properties["attachment"] = openapi3.NewArraySchema().WithItems(file.Value).NewRef()
	}
}

func load(file string) (*openapi3.T, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	if !strings.HasPrefix(string(content), "swagger:") {
		return loader.LoadFromFile(file)
	}
	var tree any
	if err := yaml.Unmarshal(content, &tree); err != nil {
		return nil, err
	}
	asJSON, err := json.Marshal(textKeys(tree))
	if err != nil {
		return nil, err
	}
	var old openapi2.T
	if err := json.Unmarshal(asJSON, &old); err != nil {
		return nil, err
	}
	return openapi2conv.ToV3WithLoader(&old, loader, &url.URL{Path: file})
}

// textKeys makes the keys of a YAML tree texts, which statuses are not.
func textKeys(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = textKeys(v[k])
		}
	case map[any]any:
		m := map[string]any{}
		for k, e := range v {
			text, _ := yaml.Marshal(k)
			m[strings.TrimSpace(strings.Trim(strings.TrimSpace(string(text)), `"'`))] = textKeys(e)
		}
		return m
	case []any:
		for i := range v {
			v[i] = textKeys(v[i])
		}
	}
	return v
}

// conforms checks the requests that a pod got by the vendor's specification, where that is at hand.
func conforms(t *testing.T, requests []receivedRequest) {
	t.Helper()
	if os.Getenv("SYMPHONY_API_SPEC") == "" {
		return
	}
	spec, err := vendorSpecification()
	require.NoError(t, err)
	for _, r := range requests {
		route, known := spec[anyPlaceholder.ReplaceAllString(r.Pattern, "{}")]
		if !known { // TestEveryOperationIsInTheVendorsSpecification tells which may be
			continue
		}
		req, err := http.NewRequestWithContext(context.Background(), r.Method, r.Path+"?"+r.Query, strings.NewReader(r.Body))
		require.NoError(t, err)
		req.Header = r.Header
		err = openapi3filter.ValidateRequest(context.Background(), &openapi3filter.RequestValidationInput{
			Request: req, Route: route, PathParams: pathParams(route, r),
			Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
		})
		require.NoError(t, err, "%s %s", r.Pattern, r.Body)
	}
}

// pathParams are the values in the path by the names that the specification gives them.
func pathParams(route *routers.Route, r receivedRequest) map[string]string {
	params := map[string]string{}
	pattern, path := strings.Split(route.Server.URL+route.Path, "/"), strings.Split(r.Path, "/")
	for i, part := range pattern {
		if strings.HasPrefix(part, "{") && i < len(path) {
			params[strings.Trim(part, "{}")] = path[i]
		}
	}
	return params
}
