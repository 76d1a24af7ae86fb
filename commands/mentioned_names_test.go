package commands_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/commands/syntax"
)

// requestMentioning is what somebody sends whose client mentions people by texts of its own: each
// {username|text} is a mention.
func (w *world) requestMentioning(who, text string) *commands.Request {
	w.t.Helper()
	m := syntax.Message{}
	for text != "" {
		before, rest, _ := strings.Cut(text, "{")
		mention, after, found := strings.Cut(rest, "}")
		m.Text += before
		if found {
			username, shown, _ := strings.Cut(mention, "|")
			start := len([]rune(m.Text))
			m.Text += shown
			m.Mentions = append(m.Mentions, syntax.Mention{Start: start, End: len([]rune(m.Text)), UserID: w.idOf(username)})
		}
		text = after
	}
	r := w.request(who, "/newroom Placeholder")
	read := w.grammar(who).Parse(m)
	require.NotNil(w.t, read.Command, "%q: %+v", m.Text, read)
	r.Message, r.Invocation = m, *read.Command
	return r
}

func (w *world) idOf(username string) int64 {
	if username == "roombot" {
		return int64(w.env.Self.ID)
	}
	require.Contains(w.t, w.people, username)
	return int64(w.people[username].ID)
}

// apply is the reply to a request that is carried out.
func (w *world) apply(r *commands.Request) commands.Reply {
	w.t.Helper()
	plan, err := w.plan(r)
	require.NoError(w.t, err)
	if r.Preview() {
		return plan.Preview()
	}
	return w.finish(plan, newJob())
}

func TestRepliesMentions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.crowd = 12 })
	var entries []entry
	add := func(situation, text string) {
		entries = append(entries, entry{situation, w.apply(w.requestMentioning("bob", text))})
	}
	add("The text of a mention is another name", `/newroom "Deal" {carol|@Alice Martin}`)
	add("The text of an owner's mention is another name", `/newroom "Deal 2" owner:{carol|@Alice Martin}`)
	add("A preview, and the text of a mention is another name", `/newroom "Deal 3" {carol|@Alice Martin} preview`)
	add("Several mentions, one of somebody who cannot be added", `/newroom "Deal 4" external {ravi|@Carol O'Neil} {eve|@Alice Martin} {carol|@Carol O'Neil} {carol|@carol}`)
	add("Mentions of the bot and of the requester", `/newroom "Deal 5" {roombot|@Alice Martin} {bob|@Carol O'Neil}`)
	add("The text of a mention has characters that cannot be seen", "/newroom \"Deal 6\" {carol|@Alice\u202e \u200b Martin} {alice|@ALICE\u00a0 martin}")
	many := `/newroom "Deal 7"`
	for i := range 12 {
		many += fmt.Sprintf(" {%s|@Alice Martin}", w.crowdName(i))
	}
	add("Many mentions", many)
	done := w.stub(stub{path: "/pod/v3/users?", status: 503})
	add("The directory does not answer", `/newroom "Deal 8" {cora|@Alice Martin}`)
	done()
	defer w.stub(stub{path: "/pod/v3/users?", status: 200, answer: `{"users":[]}`})()
	add("The directory does not show who is mentioned", `/newroom "Deal 9" external {eve|@Alice Martin}`)
	requireReplies(t, "mentions.txt", entries)
}

func (w *world) crowdName(n int) string {
	for username, p := range w.people {
		if int(p.ID-crowdIDs) == n {
			return username
		}
	}
	w.t.Fatalf("no person %d in the crowd", n)
	return ""
}

func TestAnUnfinishedRoomNamesMentionedPeopleAsTheDirectoryDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plan, err := w.plan(w.requestMentioning("bob", `/newroom "Half" {carol|@Alice Martin}`))
	require.NoError(t, err)
	job := newJob()
	job.store(t, plan)
	remove := w.stub(stub{path: "/membership/add", body: fmt.Sprint(w.people["carol"].ID), status: 503})
	_, err = plan.Apply(t.Context(), job)
	require.Error(t, err)
	remove()
	reply, err := w.env.UnfinishedReply(t.Context(), job, commands.Unfinished{ID: "r", From: w.people["bob"]})
	require.NoError(t, err)
	require.Contains(t, plain(reply), "is open, without Carol O'Neil.")
	require.Contains(t, plain(reply), "@Alice Martin in your message is Carol O'Neil in the directory.")
}
