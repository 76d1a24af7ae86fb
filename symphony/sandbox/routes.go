package sandbox

import "roombot/symphony/sandbox/world"

// The operations the sandbox answers. Names are the vendor's operation ids where it has given any.

func podRoutes() []route {
	get := func(path, name string, h handler) route {
		return route{method: "GET", path: path, name: name, handle: h}
	}
	post := func(path, name string, h handler) route {
		return route{method: "POST", path: path, name: name, handle: h}
	}
	table := []route{
		get("/v2/sessioninfo", "sessionInfo", (*Pod).sessionInfo),
		get("/v3/users", "lookupUsers", (*Pod).lookupUsers),
		get("/v2/user", "lookupUser", (*Pod).lookupUser),
		post("/v1/user/search", "searchUsers", (*Pod).searchUsers),

		post("/v3/room/create", "createRoom", (*Pod).createRoom),
		post("/v3/room/search", "searchRooms", (*Pod).searchRooms),
		get("/v3/room/{id}/info", "roomInfo", (*Pod).roomInfo),
		post("/v3/room/{id}/update", "updateRoom", (*Pod).updateRoom),
		post("/v1/room/{id}/setActive", "setRoomActive", (*Pod).setActive),
		post("/v1/room/{id}/membership/add", "addMember", changeMemberAs(addMember)),
		post("/v1/room/{id}/membership/remove", "removeMember", changeMember((*world.World).RemoveMember, "Member removed")),
		post("/v1/room/{id}/membership/promoteOwner", "promoteOwner", changeMember((*world.World).Promote, "Member promoted to owner")),
		post("/v1/room/{id}/membership/demoteOwner", "demoteOwner", changeMember((*world.World).Demote, "Owner demoted")),
		get("/v2/room/{id}/membership/list", "listMembers", (*Pod).listMembers),

		post("/v1/im/create", "createIM", (*Pod).createIM),
		get("/v1/im/{id}/info", "imInfo", (*Pod).imInfo),
		post("/v1/im/{id}/update", "updateIM", (*Pod).updateIM),
		post("/v1/streams/list", "listStreams", (*Pod).listStreams),
		get("/v2/streams/{sid}/info", "streamInfo", (*Pod).streamInfo),
		get("/v1/streams/{sid}/attachments", "listAttachments", (*Pod).listAttachments),
		get("/v1/message/{mid}/status", "messageStatus", (*Pod).messageStatus),
		post("/v1/admin/messagesuppression/{id}/suppress", "suppressMessage", (*Pod).suppressMessage),

		get("/v1/connection/list", "listConnections", (*Pod).listConnections),
		post("/v1/connection/create", "createConnection", (*Pod).createConnection),
		post("/v1/connection/accept", "acceptConnection", answerConnection(world.StatusAccepted)),
		post("/v1/connection/reject", "rejectConnection", answerConnection(world.StatusRejected)),
		get("/v1/connection/user/{userId}/info", "connectionInfo", showConnection((*world.World).Connection)),
		post("/v1/connection/user/{userId}/remove", "removeConnection", (*Pod).removeConnection),

		get("/v2/user/presence", "ownPresence", (*Pod).ownPresence),
		post("/v2/user/presence", "setPresence", (*Pod).setPresence),
		post("/v3/user/presence", "setUserPresence", (*Pod).setUserPresence),
		get("/v3/user/{uid}/presence", "userPresence", (*Pod).userPresence),
		get("/v2/users/presence", "allPresence", (*Pod).allPresence),
		post("/v1/user/presence/register", "registerPresence", (*Pod).registerPresence),

		post("/v1/user/manifest/own", "setManifest", (*Pod).setManifest),
		get("/v1/user/manifest/own", "ownManifest", (*Pod).ownManifest),
		get("/v2/system/protocols", "protocols", (*Pod).protocols),
		get("/v1/files/allowedTypes", "allowedTypes", (*Pod).allowedTypes),
	}
	for i := range table {
		table[i].path, table[i].auth = "/pod"+table[i].path, authSession
	}
	return append(table,
		route{method: "GET", path: "/pod/v1/podcert", name: "podCertificate", free: true, handle: (*Pod).podCertificate},
		route{method: "GET", path: "/pod/v1/languages", name: "languages", handle: (*Pod).languages},
	)
}

func agentRoutes() []route {
	table := []route{
		{method: "GET", path: "/v5/datafeeds", name: "listDatafeed", handle: (*Pod).listFeeds},
		{method: "POST", path: "/v5/datafeeds", name: "createDatafeed", handle: (*Pod).createFeed},
		{method: "DELETE", path: "/v5/datafeeds/{datafeedId}", name: "deleteDatafeed", handle: (*Pod).deleteFeed},
		{method: "POST", path: "/v5/datafeeds/{datafeedId}/read", name: readDatafeed, free: true, handle: (*Pod).readFeed},

		{method: "POST", path: "/v4/stream/{sid}/message/create", name: "createMessage", large: true, handle: (*Pod).createMessage},
		{method: "POST", path: "/v4/stream/{sid}/message/{mid}/update", name: "updateMessage", large: true, handle: (*Pod).updateMessage},
		{method: "POST", path: "/v4/message/blast", name: "blastMessage", large: true, handle: (*Pod).blastMessage},
		{method: "GET", path: "/v4/stream/{sid}/message", name: "listMessages", handle: (*Pod).listMessages},
		{method: "GET", path: "/v1/message/search", name: "searchMessages", handle: (*Pod).searchMessages},
		{method: "POST", path: "/v1/message/search", name: "searchMessages", handle: (*Pod).searchMessages},
		{method: "GET", path: "/v1/message/{id}", name: "getMessage", handle: (*Pod).getMessage},
		{method: "GET", path: "/v1/stream/{sid}/attachment", name: "downloadAttachment", handle: (*Pod).downloadAttachment},
		{method: "POST", path: "/v1/util/echo", name: "echo", handle: (*Pod).echo},
	}
	for i := range table {
		table[i].path, table[i].family, table[i].auth = "/agent"+table[i].path, familyAgent, authAgent
	}
	open := func(path, name string, h handler) route {
		return route{method: "GET", path: "/agent" + path, name: name, family: familyAgent, handle: h}
	}
	return append(table,
		open("/v3/health", "v3Health", (*Pod).health),
		open("/v3/health/extended", "v3ExtendedHealth", (*Pod).extendedHealth),
		open("/v1/info", "agentInfo", (*Pod).agentInfo),
	)
}

func groupRoutes() []route {
	table := []route{
		{method: "POST", path: "/v1/groups", name: "insertGroup", handle: (*Pod).insertGroup},
		{method: "GET", path: "/v1/groups/type/{typeId}", name: "listGroups", handle: (*Pod).listGroups},
		{method: "GET", path: "/v1/groups/{groupId}", name: "getGroup", handle: (*Pod).getGroup},
		{method: "PUT", path: "/v1/groups/{groupId}", name: "updateGroup", handle: (*Pod).updateGroup},
		{method: "POST", path: "/v1/groups/{groupId}/member", name: "addMemberToGroup", handle: (*Pod).addGroupMember},
		{method: "POST", path: "/v1/groups/{groupId}/avatar", name: "updateAvatar", handle: (*Pod).updateGroupAvatar},
		{method: "GET", path: "/v1/types", name: "listTypes", handle: (*Pod).listTypes},
		{method: "GET", path: "/v1/types/{typeId}", name: "getType", handle: (*Pod).getType},
	}
	for i := range table {
		table[i].path, table[i].family, table[i].auth = "/profile-manager"+table[i].path, familyProfile, authBearer
	}
	return append(table,
		route{method: "GET", path: "/v1/groups/sdl/list", name: "listSDLGroups", auth: authSession, handle: (*Pod).listSDL},
		route{method: "GET", path: "/v1/groups/sdl/{groupId}", name: "getSDLGroupById", auth: authSession, handle: (*Pod).getSDL},
	)
}
