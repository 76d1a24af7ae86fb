package control

import (
	"net/http"
	"slices"
	"strings"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

func (c *Control) chats(r *request) (any, error) {
	who, err := c.reader(r)
	if err != nil {
		return nil, err
	}
	chats := []client.Chat{}
	for _, st := range slices.Backward(c.world.Streams()) {
		if st.HasMember(who.ID) {
			chats = append(chats, c.encodeChat(st, who.ID))
		}
	}
	return client.ChatsAnswer{Chats: chats}, nil
}

// encodeChat shows a conversation in somebody's list.
func (c *Control) encodeChat(st *world.Stream, user int64) client.Chat {
	chat := client.Chat{
		StreamID: st.ID, Type: st.Type, Name: c.chatName(st, user), External: st.IsExternal(), Active: st.Active,
		Members: st.MemberIDs(), Created: st.Created, Unread: c.world.CountUnread(user, st),
	}
	if last := c.world.LastMessage(st); last != nil {
		chat.LastMessage = &client.LastMessage{From: last.From, Text: last.Text, Timestamp: last.Time}
	}
	return chat
}

// chatName is a room's name, or who else is in the chat.
func (c *Control) chatName(st *world.Stream, user int64) string {
	if st.IsRoom() {
		return st.Room.Name
	}
	var names []string
	for _, id := range st.MemberIDs() {
		if id != user {
			names = append(names, c.world.Person(id).Display)
		}
	}
	return strings.Join(names, ", ")
}

// stream finds a chat or room by its id.
func (c *Control) stream(id string) (*world.Stream, error) {
	if st := c.world.Stream(id); st != nil {
		return st, nil
	}
	return nil, rest.Refuse(http.StatusNotFound, "There is no such chat")
}

// checkInside refuses whoever is not in a chat.
func checkInside(st *world.Stream, who *world.Person) error {
	if st.HasMember(who.ID) {
		return nil
	}
	return rest.Refuse(http.StatusForbidden, "%s is not in this chat", who.Display)
}

func (c *Control) chat(r *request) (any, error) {
	who, err := c.reader(r)
	if err != nil {
		return nil, err
	}
	st, err := c.stream(r.Params["streamId"])
	if err != nil {
		return nil, err
	}
	if err := checkInside(st, who); err != nil {
		return nil, err
	}
	c.world.MarkRead(who, st)
	detail := client.ChatDetail{Chat: c.encodeChat(st, who.ID), Members: encodeChatMembers(st)}
	if st.IsRoom() {
		properties := encodeRoomProperties(st)
		detail.Room = &properties
	}
	messages := []client.Message{}
	for _, m := range c.world.MessagesOf(st) {
		if c.world.MayRead(who, m) {
			messages = append(messages, c.encodeMessage(m, who.ID))
		}
	}
	return client.ChatAnswer{Chat: detail, Messages: messages, Lines: encodeSystemLines(st, who)}, nil
}

func encodeSystemLines(st *world.Stream, who *world.Person) []client.SystemLine {
	lines := []client.SystemLine{}
	for _, line := range st.SystemLinesFor(who) {
		lines = append(lines, client.SystemLine{
			ID: line.ID, Time: line.Time, Kind: string(line.Kind), By: line.By, User: line.User, Name: line.Name,
		})
	}
	return lines
}

func encodeChatMembers(st *world.Stream) []client.ChatMember {
	members := []client.ChatMember{}
	for _, m := range st.Members {
		members = append(members, client.ChatMember{ID: m.User, Owner: m.Owner, Joined: m.Joined, Through: m.Through})
	}
	return members
}

func (c *Control) openChat(r *request) (any, error) {
	var body client.OpenChatRequest
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	who, err := c.person(body.As)
	if err != nil {
		return nil, err
	}
	ids, err := c.userIDs(body.With)
	if err != nil {
		return nil, err
	}
	st, err := c.world.OpenChat(who, ids)
	if err != nil {
		return nil, err
	}
	return client.OpenChatAnswer{StreamID: st.ID}, nil
}
