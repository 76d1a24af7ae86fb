package rest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Router finds the operation of a request. Literal segments win over parameters by standing first
// in the table.
type Router[R any] struct{ entries []entry[R] }

type entry[R any] struct {
	route    R
	method   string
	segments []string
}

// NewRouter makes a router of operations; at gives the method and the path of one.
func NewRouter[R any](routes []R, at func(R) (method, path string)) *Router[R] {
	r := &Router[R]{}
	for _, route := range routes {
		method, path := at(route)
		r.entries = append(r.entries, entry[R]{route: route, method: method, segments: strings.Split(strings.Trim(path, "/"), "/")})
	}
	return r
}

// Match is what a router found for a request.
type Match[R any] struct {
	Route   R
	Found   bool
	Params  map[string]string // the path's parameters
	Allowed []string          // where nothing was found: the methods that the path has
}

// Match finds the operation of a method and path.
func (r *Router[R]) Match(method string, path *url.URL) Match[R] {
	var none Match[R]
	segments := splitPath(path)
	for _, e := range r.entries {
		params, ok := e.accept(segments)
		if !ok {
			continue
		}
		if e.method == method {
			return Match[R]{Route: e.route, Found: true, Params: params}
		}
		if !slices.Contains(none.Allowed, e.method) {
			none.Allowed = append(none.Allowed, e.method)
		}
	}
	return none
}

func (e entry[R]) accept(segments []string) (map[string]string, bool) {
	if len(segments) != len(e.segments) {
		return nil, false
	}
	params := map[string]string{}
	for i, want := range e.segments {
		if name, ok := strings.CutPrefix(want, "{"); ok && segments[i] != "" {
			params[strings.TrimSuffix(name, "}")] = segments[i]
		} else if want != segments[i] {
			return nil, false
		}
	}
	return params, true
}

// splitPath cuts a path before it unescapes it, so that an id may hold %2F; doubled and trailing
// slashes do not count.
func splitPath(path *url.URL) []string {
	var segments []string
	for segment := range strings.SplitSeq(path.EscapedPath(), "/") {
		if segment == "" {
			continue
		}
		plain, err := url.PathUnescape(segment)
		if err != nil {
			plain = segment
		}
		segments = append(segments, plain)
	}
	return segments
}

// UnknownPath refuses what no operation was found for.
func UnknownPath(method, path string, allowed []string) error {
	if len(allowed) > 0 {
		return Refuse(http.StatusMethodNotAllowed, "%s takes %s, not %s", path, strings.Join(allowed, " or "), method)
	}
	return Refuse(http.StatusNotFound, "The sandbox knows no operation %s %s", method, path)
}
