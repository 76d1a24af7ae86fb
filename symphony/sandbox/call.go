package sandbox

import (
	"net/http"
	"strings"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// call is one request on its way through an operation.
type call struct {
	*rest.Call
	route  *route
	caller *world.Person // nil where the operation needs no session

	emptyAs204 bool // a search that finds nothing is answered with 204, by a fault
}

// decode reads the JSON body; an absent one leaves the target as it is.
func (c *call) decode(into any) error { return rest.Decode(c.Body, c.route.name, into) }

// success is the pod's answer to changes that return nothing.
func success(text string) any { return map[string]string{"format": "TEXT", "message": text} }

// bearerToken gives the Authorization header's token, with or without its scheme: kits send both.
func bearerToken(r *http.Request) string {
	value := strings.TrimSpace(r.Header.Get("Authorization"))
	if scheme, token, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return value
}
