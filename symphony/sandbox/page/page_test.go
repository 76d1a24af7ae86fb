package page_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/page"
)

func get(t *testing.T, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	page.Handler().ServeHTTP(w, r)
	return w
}

func TestEveryFileIsServedWithTheTypeABrowserNeeds(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/":             "text/html; charset=utf-8",
		"/index.html":   "text/html; charset=utf-8",
		"/icon.svg":     "image/svg+xml",
		"/css/base.css": "text/css; charset=utf-8",
		"/js/main.js":   "text/javascript; charset=utf-8",
	} {
		w := get(t, path)
		require.Equal(t, http.StatusOK, w.Code, path)
		require.Equal(t, want, w.Header().Get("Content-Type"), path)
		require.NotEmpty(t, w.Body.String(), path)
	}
}

func TestThePolicyAdmitsNothingInlineAndNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/js/main.js", "/no-such-file"} {
		h := get(t, path).Header()
		policy := h.Get("Content-Security-Policy")
		require.Contains(t, policy, "default-src 'none'")
		require.Contains(t, policy, "require-trusted-types-for 'script'")
		require.Contains(t, policy, "frame-ancestors 'none'")
		require.NotContains(t, policy, "unsafe")
		require.NotContains(t, policy, "http")
		require.NotContains(t, policy, "*")
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
		require.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
	}
}

func TestAFileIsRevalidatedAndNotSentTwice(t *testing.T) {
	t.Parallel()
	first := get(t, "/css/base.css")
	require.Equal(t, "no-cache", first.Header().Get("Cache-Control"))
	etag := first.Header().Get("ETag")
	require.Regexp(t, `^"[0-9a-f]{24}"$`, etag)

	second := get(t, "/css/base.css", "If-None-Match", etag)
	require.Equal(t, http.StatusNotModified, second.Code)
	require.Empty(t, second.Body.String())
}

func TestUnknownPathsAreNotFound(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/nothing", "/js", "/js/", "/css/../page.go", "/static/index.html", "/js/main.js/"} {
		w := get(t, path)
		require.Equal(t, http.StatusNotFound, w.Code, path)
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"), path)
	}
}

func TestOnlyReadingIsAllowed(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	page.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("x")))
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
	require.Equal(t, "GET, HEAD", w.Header().Get("Allow"))

	w = httptest.NewRecorder()
	page.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/", nil))
	require.Equal(t, http.StatusOK, w.Code)
	require.Empty(t, w.Body.String())
}

var (
	linked   = regexp.MustCompile(`(?:src|href)="([^"#][^"]*)"`)
	imported = regexp.MustCompile(`from "\./([^"]+)"`)
	markup   = regexp.MustCompile(`\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval)\b`)
	handlers = regexp.MustCompile(`\son\w+=|<style|<script>|style="`)
)

func TestEveryFileThatAFileNamesIsServed(t *testing.T) {
	t.Parallel()
	index := get(t, "/").Body.String()
	require.NotRegexp(t, handlers, index)
	seen := map[string]bool{}
	var follow func(path string)
	follow = func(path string) {
		if seen[path] {
			return
		}
		seen[path] = true
		w := get(t, path)
		require.Equal(t, http.StatusOK, w.Code, path)
		for _, m := range imported.FindAllStringSubmatch(w.Body.String(), -1) {
			follow("/js/" + m[1])
		}
		if strings.HasSuffix(path, ".js") {
			require.NotRegexp(t, markup, w.Body.String(), path)
		}
	}
	for _, m := range linked.FindAllStringSubmatch(index, -1) {
		follow("/" + m[1])
	}
	require.Greater(t, len(seen), 20, "the modules are followed from main.js")
}

func TestNoModuleOfThePageImportsItselfByWayOfOthers(t *testing.T) {
	t.Parallel()
	imports := moduleImports(t)
	require.Greater(t, len(imports), 20)
	done := map[string]bool{}
	var visit func(module string, path []string)
	visit = func(module string, path []string) {
		at := slices.Index(path, module)
		path = append(path, module)
		require.Negative(t, at, "%s", strings.Join(path[max(at, 0):], " imports "))
		if done[module] {
			return
		}
		for _, name := range imports[module] {
			visit(name, path)
		}
		done[module] = true
	}
	for module := range imports {
		visit(module, nil)
	}
}

// moduleImports lists, by file, the modules that each JavaScript module of the page imports.
func moduleImports(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("static", "js", "*.js"))
	require.NoError(t, err)
	found := map[string][]string{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		name := filepath.Base(file)
		found[name] = nil
		for _, m := range imported.FindAllStringSubmatch(string(source), -1) {
			found[name] = append(found[name], m[1])
		}
	}
	return found
}
