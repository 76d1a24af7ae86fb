package symphony

import (
	"errors"
	"net/http"
	"strings"
)

// Class says how an operation may be repeated when its outcome is not known.
type Class string

const (
	// Read changes nothing that anybody sees and may be repeated freely. Signing in is one.
	Read Class = "read"
	// SafeWrite leaves the same state when repeated.
	SafeWrite Class = "safe write"
	// UnsafeWrite does its work again when repeated: a second room, a second message.
	UnsafeWrite Class = "unsafe write"
)

// Operation is one thing that the client asks of Symphony.
type Operation struct {
	Method string
	// Path is the pattern with its component, for example "/pod/v3/room/{id}/info".
	Path  string
	Class Class
}

func (o Operation) String() string { return o.Method + " " + o.Path }

// missingIDError is an answer to a write that does not name what was made, so that it is as good as
// lost.
func (o Operation) missingIDError() *Error {
	return o.newError(Error{Status: http.StatusOK, garbled: true, Err: errors.New("the answer has no id")})
}

var (
	opLogin             = Operation{"POST", "/login/pubkey/authenticate", Read}
	opKeyLogin          = Operation{"POST", "/relay/pubkey/authenticate", Read}
	opCertificateLogin  = Operation{"POST", "/sessionauth/v1/authenticate", Read}
	opCertificateKey    = Operation{"POST", "/keyauth/v1/authenticate", Read}
	opCertificateLogout = Operation{"POST", "/sessionauth/v1/logout", SafeWrite}
	opKeyLogout         = Operation{"POST", "/keyauth/v1/logout", SafeWrite}
	opAccessToken       = Operation{"POST", "/login/idm/tokens", Read}
	opMe                = Operation{"GET", "/pod/v2/sessioninfo", Read}
	opListDatafeeds     = Operation{"GET", "/agent/v5/datafeeds", Read}
	opCreateDatafeed    = Operation{"POST", "/agent/v5/datafeeds", UnsafeWrite}
	opReadDatafeed      = Operation{"POST", "/agent/v5/datafeeds/{datafeedId}/read", SafeWrite}
	opDeleteDatafeed    = Operation{"DELETE", "/agent/v5/datafeeds/{datafeedId}", SafeWrite}
	opSendMessage       = Operation{"POST", "/agent/v4/stream/{sid}/message/create", UnsafeWrite}
	opUpdateMessage     = Operation{"POST", "/agent/v4/stream/{sid}/message/{mid}/update", SafeWrite}
	opMessage           = Operation{"GET", "/agent/v1/message/{id}", Read}
	opMessagesSince     = Operation{"GET", "/agent/v4/stream/{sid}/message", Read}
	opSearchMessages    = Operation{"POST", "/agent/v1/message/search", Read}
	opCreateRoom        = Operation{"POST", "/pod/v3/room/create", UnsafeWrite}
	opRoom              = Operation{"GET", "/pod/v3/room/{id}/info", Read}
	opUpdateRoom        = Operation{"POST", "/pod/v3/room/{id}/update", SafeWrite}
	opSearchRooms       = Operation{"POST", "/pod/v3/room/search", Read}
	opSetRoomActive     = Operation{"POST", "/pod/v1/room/{id}/setActive", SafeWrite}
	opAddMember         = Operation{"POST", "/pod/v1/room/{id}/membership/add", SafeWrite}
	opRemoveMember      = Operation{"POST", "/pod/v1/room/{id}/membership/remove", SafeWrite}
	opPromoteOwner      = Operation{"POST", "/pod/v1/room/{id}/membership/promoteOwner", SafeWrite}
	opDemoteOwner       = Operation{"POST", "/pod/v1/room/{id}/membership/demoteOwner", SafeWrite}
	opMembers           = Operation{"GET", "/pod/v2/room/{id}/membership/list", Read}
	opUsers             = Operation{"GET", "/pod/v3/users", Read}
	opSearchUsers       = Operation{"POST", "/pod/v1/user/search", Read}
	opCreateIM          = Operation{"POST", "/pod/v1/im/create", SafeWrite}
	opStream            = Operation{"GET", "/pod/v2/streams/{sid}/info", Read}
	opGroups            = Operation{"GET", "/profile-manager/v1/groups/type/{typeId}", Read}
	opGroup             = Operation{"GET", "/profile-manager/v1/groups/{groupId}", Read}
	opDistributionLists = Operation{"GET", "/v1/groups/sdl/list", Read}
	opDistributionList  = Operation{"GET", "/v1/groups/sdl/{groupId}", Read}
	opPresence          = Operation{"GET", "/pod/v3/user/{uid}/presence", Read}
	opOwnPresence       = Operation{"GET", "/pod/v2/user/presence", Read}
	opSetPresence       = Operation{"POST", "/pod/v2/user/presence", SafeWrite}
	opConnection        = Operation{"GET", "/pod/v1/connection/user/{userId}/info", Read}
	opConnect           = Operation{"POST", "/pod/v1/connection/create", UnsafeWrite}
	opHealth            = Operation{"GET", "/agent/v3/health", Read}
	opHealthExtended    = Operation{"GET", "/agent/v3/health/extended", Read}
	opAgentInfo         = Operation{"GET", "/agent/v1/info", Read}
	opSetManifest       = Operation{"POST", "/pod/v1/user/manifest/own", SafeWrite}
)

// Operations lists every operation that the client can ask for.
func Operations() []Operation {
	return []Operation{
		opLogin, opKeyLogin, opCertificateLogin, opCertificateKey, opCertificateLogout, opKeyLogout, opAccessToken, opMe,
		opListDatafeeds, opCreateDatafeed, opReadDatafeed, opDeleteDatafeed,
		opSendMessage, opUpdateMessage, opMessage, opMessagesSince, opSearchMessages,
		opCreateRoom, opRoom, opUpdateRoom, opSearchRooms, opSetRoomActive,
		opAddMember, opRemoveMember, opPromoteOwner, opDemoteOwner, opMembers,
		opUsers, opSearchUsers, opCreateIM, opStream,
		opGroups, opGroup, opDistributionLists, opDistributionList,
		opPresence, opOwnPresence, opSetPresence, opConnection, opConnect,
		opHealth, opHealthExtended, opAgentInfo, opSetManifest,
	}
}

// component is the server that carries the operation, by the head of its path.
func (o Operation) component() Component {
	head, _, _ := strings.Cut(strings.TrimPrefix(o.Path, "/"), "/")
	switch head {
	case "agent":
		return AgentHost
	case "login":
		return LoginHost
	case "relay":
		return KeyManagerHost
	case "sessionauth":
		return SessionAuthHost
	case "keyauth":
		return KeyAuthHost
	}
	return PodHost
}
