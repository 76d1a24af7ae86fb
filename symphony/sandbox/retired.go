package sandbox

import (
	"net/http"
	"strings"

	"roombot/symphony/sandbox/rest"
)

// retired are the vendor's operations of former versions, which it lists as deprecated, and what
// they were replaced by. Old clients still call them.
const retired = `
POST /agent/v1/datafeed/create                              > POST /agent/v5/datafeeds
GET /agent/v1/datafeed/{id}/read                            > POST /agent/v5/datafeeds/{datafeedId}/read
GET /agent/v2/datafeed/{id}/read                            > POST /agent/v5/datafeeds/{datafeedId}/read
POST /agent/v4/datafeed/create                              > POST /agent/v5/datafeeds
GET /agent/v4/datafeed/{id}/read                            > POST /agent/v5/datafeeds/{datafeedId}/read
GET /agent/v1/HealthCheck                                   > GET /agent/v3/health/extended
GET /agent/v2/HealthCheck                                   > GET /agent/v3/health/extended
POST /agent/v1/message/import                               > POST /agent/v4/message/import
POST /agent/v2/message/import                               > POST /agent/v4/message/import
POST /agent/v1/stream/{sid}/attachment/create               > POST /agent/v4/stream/{sid}/message/create
POST /agent/v3/stream/{sid}/attachment/create               > POST /agent/v4/stream/{sid}/message/create
GET /agent/v1/stream/{sid}/message                          > GET /agent/v4/stream/{sid}/message
GET /agent/v2/stream/{sid}/message                          > GET /agent/v4/stream/{sid}/message
POST /agent/v1/stream/{sid}/message/create                  > POST /agent/v4/stream/{sid}/message/create
POST /agent/v2/stream/{sid}/message/create                  > POST /agent/v4/stream/{sid}/message/create
POST /agent/v3/stream/{sid}/message/create                  > POST /agent/v4/stream/{sid}/message/create
POST /agent/v1/stream/{sid}/share                           > POST /agent/v3/stream/{sid}/share
POST /agent/v1/util/obsolete                                > POST /agent/v1/util/echo
GET /pod/v1/sessioninfo                                     > GET /pod/v2/sessioninfo
GET /pod/v1/user                                            > GET /pod/v3/users
GET /pod/v1/user/name/{userName}/get                        > GET /pod/v3/users
GET /pod/v1/user/presence                                   > GET /pod/v2/user/presence
POST /pod/v1/user/presence                                  > POST /pod/v2/user/presence
GET /pod/v1/user/{uid}/presence                             > GET /pod/v3/user/{uid}/presence
POST /pod/v1/user/{uid}/presence                            > POST /pod/v3/user/presence
GET /pod/v2/user/{uid}/presence                             > GET /pod/v3/user/{uid}/presence
POST /pod/v1/room/create                                    > POST /pod/v3/room/create
POST /pod/v2/room/create                                    > POST /pod/v3/room/create
POST /pod/v2/room/search                                    > POST /pod/v3/room/search
GET /pod/v1/room/{id}/info                                  > GET /pod/v3/room/{id}/info
GET /pod/v2/room/{id}/info                                  > GET /pod/v3/room/{id}/info
POST /pod/v1/room/{id}/update                               > POST /pod/v3/room/{id}/update
POST /pod/v2/room/{id}/update                               > POST /pod/v3/room/{id}/update
GET /pod/v1/room/{id}/membership/list                       > GET /pod/v2/room/{id}/membership/list
GET /pod/v1/streams/{sid}/info                              > GET /pod/v2/streams/{sid}/info
POST /pod/v1/companycert/create                             > POST /pod/v2/companycert/create
POST /pod/v1/admin/streams/list                             > POST /pod/v2/admin/streams/list
POST /pod/v1/admin/user/create                              > POST /pod/v2/admin/user/create
GET /pod/v1/admin/user/list                                 > GET /pod/v2/admin/user/list
GET /pod/v1/admin/user/{uid}                                > GET /pod/v2/admin/user/{uid}
POST /pod/v1/admin/user/{uid}/update                        > POST /pod/v2/admin/user/{uid}/update
GET /pod/v2/admin/streams/{streamId}/messageIds             > POST /agent/v1/message/search
POST /sessionauth/v1/app/authenticate                       > POST /login/pubkey/app/authenticate
POST /sessionauth/v1/app/user/{uid}/authenticate            > POST /login/pubkey/app/user/{userId}/authenticate
POST /sessionauth/v1/app/username/{username}/authenticate   > POST /login/pubkey/app/username/{username}/authenticate
POST /sessionauth/v1/authenticate/extensionApp              > POST /login/v1/pubkey/app/authenticate/extensionApp
`

// retiredRoutes answer 410, and say what to call instead.
func retiredRoutes() []route {
	var table []route
	for line := range strings.Lines(strings.TrimSpace(retired)) {
		operation, replacement, _ := strings.Cut(line, ">")
		operation, replacement = strings.TrimSpace(operation), strings.TrimSpace(replacement)
		r := refusingRoute(operation, http.StatusGone, operation+" has been retired; call "+replacement+" instead")
		r.replacedBy = replacement
		table = append(table, r)
	}
	return table
}

// absentRoutes answer 404, and say that the sandbox does not implement the operation.
func absentRoutes() []route {
	var table []route
	for line := range strings.Lines(strings.TrimSpace(absent)) {
		operation := strings.TrimSpace(line)
		table = append(table, refusingRoute(operation, http.StatusNotFound, "The sandbox does not implement "+operation))
	}
	return table
}

// refusingRoute is an operation, given as its method and path, that is known and refused.
func refusingRoute(operation string, status int, text string) route {
	method, path, _ := strings.Cut(operation, " ")
	f, _ := familyOf(path)
	return route{
		method: method, path: path, name: operation, family: f, absent: true,
		handle: func(*Pod, *call) (any, error) { return nil, rest.Refuse(status, "%s", text) },
	}
}
