package symphony_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func checkLogin(t *testing.T, f payload, doc node) {
	p := newPod(t)
	p.answer(f.Operation, http.StatusOK, f.body)
	p.answer("GET /pod/v2/sessioninfo", http.StatusOK, `{"id":7}`)
	_, err := p.client().Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, doc.at("token").text(), p.requestsTo("GET", "/pod/v2/sessioninfo")[0].Header.Get("sessionToken"))
}

func checkKeyLogin(t *testing.T, f payload, doc node) {
	p := newPod(t)
	p.answer(f.Operation, http.StatusOK, f.body)
	p.answer("GET /agent/v1/message/{id}", http.StatusOK, sent)
	_, err := p.client().Message(t.Context(), "m")
	if token := doc.at("token").text(); strings.Contains(token, "\n") { // an example cut out of a program
		require.Error(t, err)
		require.NotContains(t, err.Error(), token[:12])
		return
	}
	require.NoError(t, err)
	require.Equal(t, doc.at("token").text(), p.requestsTo("GET", "/agent/v1/message/m")[0].Header.Get("keyManagerToken"))
}

func checkAccessToken(t *testing.T, f payload, doc node) {
	p := newPod(t)
	p.answer(f.Operation, http.StatusOK, f.body)
	p.answer(groupsOfType, http.StatusOK, `{"data":[]}`)
	collect(t, p.client().Groups(t.Context(), "SDL"))
	require.Equal(t, "Bearer "+doc.at("access_token").text(),
		p.requestsTo("GET", "/profile-manager/v1/groups/type/SDL")[0].Header.Get("Authorization"))
}

func checkAgentInfo(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	info, err := c.AgentInfo(t.Context())
	require.NoError(t, err)
	require.Equal(t, symphony.AgentInfo{
		Hostname: doc.at("hostname").text(), IPAddress: doc.at("ipAddress").text(), ServerFQDN: doc.at("serverFqdn").text(),
		Version: doc.at("version").text(), URL: doc.at("url").text(), OnPrem: doc.at("onPrem").flag(), CommitID: doc.at("commitId").text(),
	}, info)
}

func checkHealth(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	ask := c.Health
	if f.Kind == "health-extended" {
		ask = c.HealthExtended
	}
	health, err := ask(t.Context())
	require.NoError(t, err)
	require.Equal(t, doc.at("status").text(), health.Status)
	require.Equal(t, doc.at("version").text(), health.Version)
	up := health.Status == "UP"
	for key, got := range map[string]map[string]symphony.HealthPart{"services": health.Services, "users": health.Users} {
		parts, _ := doc.at(key).v.(map[string]any)
		require.Len(t, got, len(parts))
		for name := range parts {
			want := doc.at(key, name)
			require.Equal(t, symphony.HealthPart{
				Status: want.at("status").text(), Version: want.at("version").text(),
				AuthType: want.at("authType").text(), Message: want.at("message").text(),
			}, got[name])
			up = up && want.at("status").text() == "UP"
		}
	}
	require.Equal(t, up, health.Up())
}

func checkConnection(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	got, err := c.Connection(t.Context(), 7)
	require.NoError(t, err)
	require.Equal(t, symphony.Connection{
		User: doc.at("userId").user(), Status: symphony.ConnectionStatus(doc.at("status").text()),
		FirstRequestedAt: doc.at("firstRequestedAt").time(), UpdatedAt: doc.at("updatedAt").time(),
		Requests: int(doc.at("requestCounter").number()),
	}, got)
}

func checkPresence(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	got, err := c.OwnPresence(t.Context())
	require.NoError(t, err)
	require.Equal(t, symphony.Presence{
		User: doc.at("userId").user(), Category: doc.at("category").text(), At: doc.at("timestamp").time(),
	}, got)
}

func datafeedOf(doc node) symphony.Datafeed {
	return symphony.Datafeed{ID: symphony.DatafeedID(doc.at("id").text()), Type: doc.at("type").text()}
}

func checkDatafeed(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	feed, err := c.CreateDatafeed(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, datafeedOf(doc), feed)
}

func checkDatafeeds(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	feeds, err := c.Datafeeds(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, feeds, len(doc.list()))
	for i, feed := range doc.list() {
		require.Equal(t, datafeedOf(feed), feeds[i])
	}
}

// checkError has the body as that of an error. Its status is the body's code where that is one.
func checkError(t *testing.T, f payload, doc node) {
	status := int(doc.at("code").number())
	if status < 400 {
		status = http.StatusBadRequest
	}
	p := newPod(t)
	p.answer("GET /pod/v3/room/{id}/info", status, f.body)
	_, err := p.client().Room(t.Context(), "r")
	var got *symphony.Error
	require.ErrorAs(t, err, &got)
	require.Equal(t, status, got.Status)
	require.Equal(t, doc.at("code").text(), got.Code)
	require.Equal(t, strings.TrimSpace(strings.ReplaceAll(doc.at("message").text(), "\n", " ")), got.Message)
	require.NotErrorIs(t, err, symphony.ErrNotSymphony)
	require.Equal(t, status == 451, got.Is(symphony.ErrBlocked))
	require.Equal(t, status == 403, got.Is(symphony.ErrForbidden))
	require.Equal(t, status >= 500, got.Is(symphony.ErrUnavailable))
}

func checkGroups(t *testing.T, f payload, doc node) {
	p := newPod(t)
	p.answers(groupsOfType, answerWith(http.StatusOK, f.body), answerWith(http.StatusOK, `{"pagination":{"cursors":{}},"data":[]}`))
	c := p.client()
	groups := collect(t, c.Groups(t.Context(), "SDL"))
	require.Zero(t, c.Stats().Unreadable)
	require.Len(t, groups, len(doc.at("data").list()))
	for i, want := range doc.at("data").list() {
		require.Equal(t, want.at("name").text(), groups[i].Name)
		require.Equal(t, want.at("status").text(), groups[i].Status)
		require.EqualValues(t, want.at("id").text(), groups[i].ID)
		require.Equal(t, want.at("profile", "id").user(), groups[i].ProfileID)
	}
	asked := p.requestsTo("GET", "/profile-manager/v1/groups/type/SDL")
	after := doc.at("pagination", "cursors", "after").text()
	if after == "" {
		require.Len(t, asked, 1)
		return
	}
	require.Len(t, asked, 2)
	require.Equal(t, after, query(t, asked[1].Query).Get("after"))
}

func userOf(doc node) symphony.User {
	u := symphony.User{
		ID: doc.at("id").user(), Username: doc.at("username").text(), DisplayName: doc.at("displayName").text(),
		FirstName: doc.at("firstName").text(), LastName: doc.at("lastName").text(), Email: doc.at("emailAddress").text(),
		Company: doc.at("company").text(), Title: doc.at("title").text(), Department: doc.at("department").text(),
		Location: doc.at("location").text(), AccountType: symphony.AccountType(doc.at("accountType").text()),
	}
	for _, r := range doc.at("roles").list() {
		u.Roles = append(u.Roles, r.text())
	}
	return u
}

func checkMe(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	me, err := c.Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, userOf(doc), me)
	require.NotZero(t, me.ID)
}

func requireUsers(t *testing.T, doc node, got []symphony.User) {
	t.Helper()
	require.NotEmpty(t, got)
	require.Len(t, got, len(doc.at("users").list()))
	for i, want := range doc.at("users").list() {
		require.Equal(t, userOf(want), got[i])
	}
}

func checkUsers(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	users, err := c.UsersByID(t.Context(), 1)
	require.NoError(t, err)
	requireUsers(t, doc, users)
	for _, e := range doc.at("errors").list() {
		require.Equal(t, "invalid.format", e.at("error").text())
	}
	require.Zero(t, c.Stats().Unreadable)
}

func checkUserSearch(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	requireUsers(t, doc, collect(t, c.SearchUsers(t.Context(), symphony.UserQuery{Text: "x"})))
	require.Zero(t, c.Stats().Unreadable)
}

func groupsOf(doc node) []symphony.RoomGroup {
	var all []symphony.RoomGroup
	for _, g := range doc.list() {
		all = append(all, symphony.RoomGroup{ID: g.at("id").user(), AddedBy: g.at("addedBy").user()})
	}
	return all
}

func roomOf(doc node) symphony.Room {
	a, s := doc.at("roomAttributes"), doc.at("roomSystemInfo")
	room := symphony.Room{
		ID: symphony.StreamID(s.at("id").id()), CreatedAt: s.at("creationDate").time(), CreatedBy: s.at("createdByUserId").user(),
		Active: s.at("active").flag(), Groups: groupsOf(doc.at("groups")),
		Attributes: symphony.RoomAttributes{
			Name: a.at("name").text(), Description: a.at("description").text(), MembersCanInvite: a.at("membersCanInvite").flag(),
			Discoverable: a.at("discoverable").flag(), Public: a.at("public").flag(), ReadOnly: a.at("readOnly").flag(),
			CopyProtected: a.at("copyProtected").flag(), CrossPod: a.at("crossPod").flag(), ViewHistory: a.at("viewHistory").flag(),
			MultiLateral: a.at("multiLateralRoom").flag(), PinnedMessage: symphony.MessageID(a.at("pinnedMessageId").id()),
		},
	}
	for _, k := range a.at("keywords").list() {
		room.Attributes.Keywords = append(room.Attributes.Keywords, symphony.Keyword{Key: k.at("key").text(), Value: k.at("value").text()})
	}
	return room
}

func requireRoom(t *testing.T, doc node, got symphony.Room) {
	t.Helper()
	require.NotEmpty(t, got.ID)
	if len(got.Attributes.Keywords) == 0 {
		got.Attributes.Keywords = nil
	}
	require.Equal(t, roomOf(doc), got)
}

func checkRoom(t *testing.T, f payload, doc node) {
	p := newPod(t)
	p.answer(f.Operation, http.StatusOK, f.body)
	p.answer("GET /pod/v3/room/{id}/info", http.StatusOK, f.body)
	c := p.client()
	made, err := c.CreateRoom(t.Context(), symphony.RoomAttributes{Name: "x", Description: "x"})
	require.NoError(t, err)
	requireRoom(t, doc, made)
	described, err := c.Room(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, made, described)
}

func checkRoomRequest(t *testing.T, f payload, doc node) {
	p, c := answeredBy(t, createRoom, room)
	var attributes symphony.RoomAttributes
	require.NoError(t, json.Unmarshal([]byte(f.body), &attributes))
	_, err := c.CreateRoom(t.Context(), attributes)
	require.NoError(t, err)
	asked := fields(t, p.requestsTo("POST", "/pod/v3/room/create")[0].Body)
	for key, want := range doc.v.(map[string]any) {
		require.Equal(t, want, asked[key], key)
	}
}

func checkRoomSearch(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	rooms := collect(t, c.SearchRooms(t.Context(), symphony.RoomQuery{Text: "x"}))
	var wanted []node
	for _, r := range doc.at("rooms").list() {
		if r.has("roomSystemInfo") { // one file has the rooms of another product's search
			wanted = append(wanted, r)
		}
	}
	require.Len(t, rooms, len(wanted))
	for i, want := range wanted {
		requireRoom(t, want, rooms[i])
	}
	require.EqualValues(t, len(doc.at("rooms").list())-len(wanted), c.Stats().Unreadable)
}

func checkSetRoomActive(t *testing.T, f payload, doc node) {
	p, c := answeredBy(t, f.Operation, f.body)
	require.NoError(t, c.SetRoomActive(t.Context(), "r", doc.at("roomSystemInfo", "active").flag()))
	require.Len(t, p.requestsTo("POST", "/pod/v1/room/r/setActive"), 1)
}

func checkSuccess(t *testing.T, f payload, doc node) {
	p, c := answeredBy(t, f.Operation, f.body)
	require.NotEmpty(t, doc.at("message").text())
	require.NoError(t, c.AddMember(t.Context(), "r", 7))
	require.Len(t, p.requestsTo("POST", "/pod/v1/room/r/membership/add"), 1, "the answer is taken for what it is")
}

func checkMembers(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	members, err := c.Members(t.Context(), "r")
	require.NoError(t, err)
	require.Len(t, members, len(doc.list()))
	for i, want := range doc.list() {
		require.Equal(t, symphony.Member{
			User: want.at("id").user(), Owner: want.at("owner").flag(), JoinedAt: want.at("joinDate").time(),
			Through: want.at("addedThroughGroups").users(),
		}, members[i])
	}
}

func checkCreatedIM(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	id, err := c.CreateIM(t.Context(), 7)
	require.NoError(t, err)
	require.EqualValues(t, doc.at("id").id(), id)
}

func checkStream(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	got, err := c.Stream(t.Context(), "s")
	require.NoError(t, err)
	require.Equal(t, symphony.Stream{
		ID: symphony.StreamID(doc.at("id").id()), Type: symphony.StreamType(doc.at("streamType", "type").text()),
		Name: doc.at("roomAttributes", "name").text(), Active: doc.at("active").flag(),
		CrossPod: doc.at("crossPod").flag(), CrossPodKnown: doc.has("crossPod"),
		Members: doc.at("streamAttributes", "members").users(), Groups: groupsOf(doc.at("roomAttributes", "groups")),
	}, got)
}

func participantOf(doc node) symphony.Participant {
	return symphony.Participant{
		ID: doc.at("userId").user(), FirstName: doc.at("firstName").text(), LastName: doc.at("lastName").text(),
		DisplayName: doc.at("displayName").text(), Email: doc.at("email").text(), Username: doc.at("username").text(),
	}
}

func requireMessage(t *testing.T, doc node, got symphony.Message) {
	t.Helper()
	require.Equal(t, symphony.Message{
		ID: symphony.MessageID(doc.at("messageId").id()), Parent: symphony.MessageID(doc.at("parentMessageId").id()),
		Stream: symphony.Conversation{
			ID: symphony.StreamID(doc.at("stream", "streamId").id()), Type: symphony.StreamType(doc.at("stream", "streamType").text()),
			Name: doc.at("stream", "roomName").text(), External: doc.at("stream", "external").flag(), CrossPod: doc.at("stream", "crossPod").flag(),
		},
		From: participantOf(doc.at("user")), Time: doc.at("timestamp").time(), PresentationML: doc.at("message").text(), Data: doc.at("data").text(),
		Attachments: got.Attachments, Replaces: symphony.MessageID(doc.at("replacing").id()),
		ReplacedBy: symphony.MessageID(doc.at("replacedBy").id()), Initial: symphony.MessageID(doc.at("initialMessageId").id()),
		InitialTime: doc.at("initialTimestamp").time(), Silent: doc.at("silent").flag(),
		ExternalRecipients: doc.at("externalRecipients").flag(), UserAgent: doc.at("userAgent").text(),
		OriginalFormat: doc.at("originalFormat").text(), SessionID: doc.at("sid").text(), Diagnostic: doc.at("diagnostic").text(),
		Disclaimer: doc.at("disclaimer").text(),
	}, got)
	require.Len(t, got.Attachments, len(doc.at("attachments").list()))
	for i, want := range doc.at("attachments").list() {
		require.Equal(t, want.at("id").text(), got.Attachments[i].ID)
		require.Equal(t, want.at("name").text(), got.Attachments[i].Name)
		require.Equal(t, want.at("size").number(), got.Attachments[i].Size)
		require.Len(t, got.Attachments[i].Images, len(want.at("images").list()))
	}
	requireReadable(t, got)
}

// hasUserID reports whether the person is named by a number, which not all invented examples do.
func (n node) hasUserID() bool {
	return strings.Trim(n.at("userId").text(), "0123456789") == ""
}

func checkMessage(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	got, err := c.Message(t.Context(), "m")
	if !doc.at("user").hasUserID() {
		require.ErrorContains(t, err, "user id: ")
		return
	}
	require.NoError(t, err)
	requireMessage(t, doc, got)
}

func checkMessages(t *testing.T, f payload, doc node) {
	_, c := answeredBy(t, f.Operation, f.body)
	got := collect(t, c.MessagesSince(t.Context(), "s", time.Now()))
	require.NotEmpty(t, got)
	require.Len(t, got, len(doc.list()))
	for i, want := range doc.list() {
		requireMessage(t, want, got[i])
	}
}
