package symphony_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"roombot/symphony"
)

// sources are the files of the package under test.
func sources(t *testing.T) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, f)
	}
	return files
}

// operationsByVariable maps the variables of the operations' table to "METHOD /path".
func operationsByVariable(files []*ast.File) map[string]string {
	names := map[string]string{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "op") {
				return true
			}
			if lit, ok := spec.Values[0].(*ast.CompositeLit); ok && len(lit.Elts) == 3 {
				method, path := lit.Elts[0].(*ast.BasicLit), lit.Elts[1].(*ast.BasicLit)
				names[spec.Names[0].Name] = strings.Trim(method.Value, `"`) + " " + strings.Trim(path.Value, `"`)
			}
			return true
		})
	}
	return names
}

var operationLine = regexp.MustCompile(`(?m)^\s*((?:GET|POST|PUT|DELETE) /\S+)$`)

func TestEveryMethodNamesItsOperation(t *testing.T) {
	t.Parallel()
	files := sources(t)
	names, claimed := operationsByVariable(files), map[string]bool{}
	for _, f := range files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			var documented, asked []string
			for _, m := range operationLine.FindAllStringSubmatch(fn.Doc.Text(), -1) {
				documented = append(documented, m[1])
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if kv, ok := n.(*ast.KeyValueExpr); ok {
					if v, ok := kv.Value.(*ast.Ident); ok && names[v.Name] != "" {
						asked = append(asked, names[v.Name])
					}
				}
				return true
			})
			if len(documented) > 0 || len(asked) > 0 && ast.IsExported(fn.Name.Name) {
				require.Equal(t, asked, documented, fn.Name.Name)
			}
			for _, op := range append(asked, documented...) {
				claimed[op] = true
			}
		}
	}
	require.Greater(t, len(claimed), 30)
}

func TestTableOfOperationsIsComplete(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, op := range symphony.Operations() {
		require.False(t, listed[op.String()], "%s is listed twice", op)
		listed[op.String()] = true
		require.Contains(t, []symphony.Class{symphony.Read, symphony.SafeWrite, symphony.UnsafeWrite}, op.Class, op)
	}
	for name, op := range operationsByVariable(sources(t)) {
		require.True(t, listed[op], "%s is not listed", name)
	}
}

// vendorFiles are the vendor's documents with the paths of the components they describe.
var vendorFiles = map[string][]string{
	"agent/agent-api-public.yaml":              {"/agent"},
	"pod/pod-api-public.yaml":                  {"/pod"},
	"login/login-api-public.yaml":              {"/login", "/relay"}, // one document for both, as it says
	"users/users-api-public.yaml":              {""},
	"profile-manager/profile-manager-api.yaml": {"/profile-manager"},
}

// vendorOperations lists the operations of the vendor's files, with the component's path.
func vendorOperations(t *testing.T, folder string) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for file, bases := range vendorFiles {
		content, err := os.ReadFile(filepath.Join(folder, file))
		require.NoError(t, err)
		var doc struct {
			Paths map[string]map[string]yaml.Node `yaml:"paths"`
		}
		require.NoError(t, yaml.Unmarshal(content, &doc), file)
		for path, methods := range doc.Paths {
			for method := range methods {
				for _, base := range bases {
					known[strings.ToUpper(method)+" "+base+path] = true
				}
			}
		}
	}
	return known
}

func TestEveryOperationIsInTheVendorsSpecification(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("SYMPHONY_API_SPEC")
	if folder == "" {
		t.Skip("SYMPHONY_API_SPEC does not name the folder of the vendor's OpenAPI files")
	}
	// The files of certificate sign-in are published apart from the others.
	apart := map[string]bool{
		"POST /sessionauth/v1/authenticate": true, "POST /keyauth/v1/authenticate": true,
		"POST /sessionauth/v1/logout": true, "POST /keyauth/v1/logout": true,
	}
	known := vendorOperations(t, folder)
	for _, op := range symphony.Operations() {
		if !apart[op.String()] {
			require.True(t, known[op.String()], "%s is not in the specification", op)
		}
	}
}
