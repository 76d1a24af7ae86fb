package sandbox

import (
	"net/http"
	"strings"

	"roombot/symphony/sandbox/rest"
)

// absent are the vendor's operations that the sandbox does not implement: administration, compliance, signals, the
// datahose and applications acting for users. They are known so that a bot that calls one is told so by name. The
// answer is a 404, since the kits repeat whatever gets a 5xx.
const absent = `
GET /agent/v1/audittrail/privilegeduser
GET /agent/v1/dlp/dictionaries
POST /agent/v1/dlp/dictionaries
DELETE /agent/v1/dlp/dictionaries/{dictId}
GET /agent/v1/dlp/dictionaries/{dictId}
PUT /agent/v1/dlp/dictionaries/{dictId}
GET /agent/v1/dlp/dictionaries/{dictId}/data/download
POST /agent/v1/dlp/dictionaries/{dictId}/data/upload
GET /agent/v1/dlp/policies
POST /agent/v1/dlp/policies
DELETE /agent/v1/dlp/policies/{policyId}
GET /agent/v1/dlp/policies/{policyId}
PUT /agent/v1/dlp/policies/{policyId}
POST /agent/v1/dlp/policies/{policyId}/disable
POST /agent/v1/dlp/policies/{policyId}/enable
GET /agent/v1/dlp/violations/message
GET /agent/v1/dlp/violations/signal
GET /agent/v1/dlp/violations/stream
POST /agent/v1/signals/create
GET /agent/v1/signals/list
POST /agent/v1/signals/{id}/delete
GET /agent/v1/signals/{id}/get
POST /agent/v1/signals/{id}/subscribe
GET /agent/v1/signals/{id}/subscribers
POST /agent/v1/signals/{id}/unsubscribe
POST /agent/v1/signals/{id}/update
GET /agent/v3/dlp/policies
POST /agent/v3/dlp/policies
GET /agent/v3/dlp/policies/{policyId}
POST /agent/v3/dlp/policies/{policyId}/delete
POST /agent/v3/dlp/policies/{policyId}/disable
POST /agent/v3/dlp/policies/{policyId}/enable
POST /agent/v3/dlp/policies/{policyId}/update
GET /agent/v3/dlp/violation/attachment
GET /agent/v3/dlp/violations/message
GET /agent/v3/dlp/violations/signal
GET /agent/v3/dlp/violations/stream
POST /agent/v3/stream/{sid}/share
POST /agent/v4/message/import
POST /agent/v4/message/search/semantic
POST /agent/v5/events/read
POST /login/pubkey/app/authenticate
POST /login/pubkey/app/user/{userId}/authenticate
POST /login/pubkey/app/username/{username}/authenticate
POST /login/v1/pubkey/app/authenticate/extensionApp
GET /pod/file_ext/v1/allowed_extensions
DELETE /pod/file_ext/v1/allowed_extensions/{extension}
PUT /pod/file_ext/v1/allowed_extensions/{extension}
POST /pod/v1/admin/app/create
GET /pod/v1/admin/app/entitlement/list
POST /pod/v1/admin/app/entitlement/list
POST /pod/v1/admin/app/{id}/delete
GET /pod/v1/admin/app/{id}/get
POST /pod/v1/admin/app/{id}/update
GET /pod/v1/admin/disclaimer/list
GET /pod/v1/admin/disclaimer/{did}
GET /pod/v1/admin/disclaimer/{did}/users
GET /pod/v1/admin/group/list
POST /pod/v1/admin/group/{gid}/membership/add
GET /pod/v1/admin/group/{gid}/membership/list
POST /pod/v1/admin/group/{gid}/membership/remove
POST /pod/v1/admin/im/create
POST /pod/v1/admin/messages
GET /pod/v1/admin/messages/{messageId}/metadata/relationships
GET /pod/v1/admin/messages/{messageId}/receipts
GET /pod/v1/admin/policy/list
POST /pod/v1/admin/room/{id}/membership/add
GET /pod/v1/admin/room/{id}/membership/list
POST /pod/v1/admin/room/{id}/membership/remove
POST /pod/v1/admin/room/{id}/setActive
GET /pod/v1/admin/sso/configuration
PATCH /pod/v1/admin/sso/configuration
POST /pod/v1/admin/sso/configuration
GET /pod/v1/admin/stream/{id}/membership/list
GET /pod/v1/admin/system/features/list
POST /pod/v1/admin/system/protocols
GET /pod/v1/admin/system/protocols/list
DELETE /pod/v1/admin/system/protocols/{scheme}
GET /pod/v1/admin/system/roles/list
POST /pod/v1/admin/user/find
GET /pod/v1/admin/user/{uid}/app/entitlement/list
PATCH /pod/v1/admin/user/{uid}/app/entitlement/list
POST /pod/v1/admin/user/{uid}/app/entitlement/list
GET /pod/v1/admin/user/{uid}/avatar
POST /pod/v1/admin/user/{uid}/avatar/update
GET /pod/v1/admin/user/{uid}/delegates
POST /pod/v1/admin/user/{uid}/delegates/update
DELETE /pod/v1/admin/user/{uid}/disclaimer
GET /pod/v1/admin/user/{uid}/disclaimer
POST /pod/v1/admin/user/{uid}/disclaimer/update
GET /pod/v1/admin/user/{uid}/features
POST /pod/v1/admin/user/{uid}/features/update
POST /pod/v1/admin/user/{uid}/roles/add
POST /pod/v1/admin/user/{uid}/roles/remove
GET /pod/v1/admin/user/{uid}/status
POST /pod/v1/admin/user/{uid}/status/update
POST /pod/v1/admin/user/{uid}/streams/list
PUT /pod/v1/admin/user/{userId}/suspension/update
POST /pod/v1/companycert/delete
GET /pod/v1/companycert/list
GET /pod/v1/companycert/podmanaged/list
POST /pod/v1/companycert/type/list
GET /pod/v1/companycert/{fingerPrint}/get
GET /pod/v1/companycert/{fingerPrint}/issuedBy
POST /pod/v1/companycert/{fingerPrint}/update
POST /pod/v1/presence/feed/create
POST /pod/v1/presence/feed/{feedId}/delete
GET /pod/v1/presence/feed/{feedId}/read
POST /pod/v1/user/{uid}/follow
GET /pod/v1/user/{uid}/followers
GET /pod/v1/user/{uid}/following
POST /pod/v1/user/{uid}/unfollow
GET /pod/v1/users/{uid}/sessions
POST /pod/v1/users/{uid}/sessions/logout
POST /pod/v1/users/{uid}/sessions/{sid}/logout
POST /pod/v2/admin/streams/list
POST /pod/v2/admin/user/create
GET /pod/v2/admin/user/list
GET /pod/v2/admin/user/{uid}
POST /pod/v2/admin/user/{uid}/update
POST /pod/v2/companycert/create
DELETE /profile-manager/v1/groups/deleteAll
GET /v5/users/apps/{groupAppId}
`

// retired are the operations that the service itself has switched off.
const retired = `
POST /agent/v4/datafeed/create
GET /agent/v4/datafeed/{id}/read
`

func absentRoutes() []route {
	return append(
		refusals(absent, http.StatusNotFound, "The sandbox does not implement "),
		refusals(retired, http.StatusGone, "This version of the datafeed has been retired: ")...,
	)
}

func refusals(operations string, status int, why string) []route {
	var table []route
	for operation := range strings.Lines(strings.TrimSpace(operations)) {
		operation = strings.TrimSpace(operation)
		method, path, _ := strings.Cut(operation, " ")
		f, _ := familyOf(path)
		table = append(table, route{
			method: method, path: path, name: operation, family: f, absent: true,
			handle: func(*Pod, *call) (any, error) { return nil, rest.Refuse(status, "%s%s", why, operation) },
		})
	}
	return table
}
