package commands_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/commands/syntax"
)

func TestRepliesNewRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.crowd = 40 })
	slow := newWorld(t, func(w *world) { w.crowd, w.limits.AddsPerSecond, w.limits.MaxPeople = 40, 3, 1000 })
	var entries []entry
	add := func(situation, who, text string) {
		entries = append(entries, entry{situation + ": " + shortenTitle(text), w.answer(who, text)})
	}
	add("A room with a person and a group", "bob", `/newroom "Q2 Earnings" @Alice Martin group:"Test Group"`)
	add("A room with a second owner", "bob", `/newroom Rates and FX @carol owner:alice@acme.test desc:"Prep for the call"`)
	add("Nobody else was named", "bob", `/newroom Q2 call`)
	add("A public room", "bob", `/newroom "Town hall" public readonly nocopy @alice`)
	add("A room with some options", "bob", `/newroom "Archive" history discoverable members-can-add @alice`)
	add("A room with another company", "bob", `/newroom "Client call" external @Eve Adams`)
	add("Many people", "bob", `/newroom "Everybody" `+w.mentionCrowd(30))
	entries = append(entries, entry{"The first answer when adding 25 people takes a while", slow.firstAnswer(t, "Many", 25, "")})
	entries = append(entries, entry{"The first answer when adding people and a group takes a while", slow.firstAnswer(t, "More", 25, ` group:"Test Group"`)})
	entries = append(entries, entry{"The first answer when adding 900 people takes very long", slow.firstAnswerAbout(t, "Most", 900)})
	entries = append(entries, entry{"The first answer when Symphony does not answer an add", w.interruptedAnswer(t,
		`/newroom "Unheard" @Alice Martin @carol @ravi`, stub{path: "/membership/add", body: fmt.Sprint(w.people["alice"].ID), status: 503})})
	entries = append(entries, entry{"The first answer when Symphony does not answer a promotion", w.interruptedAnswer(t,
		`/newroom "Unowned" @Alice Martin owner:@carol`, stub{path: "/membership/promoteOwner", body: fmt.Sprint(w.people["carol"].ID), status: 503})})
	add("A preview", "bob", `/newroom "Plan" @alice owner:@carol group:"FX EMEA" preview`)
	add("A preview with a description, and somebody of another company", "bob", `/newroom "Plan" @Eve Adams @alice desc:"Prep for the call" preview`)
	requireReplies(t, "newroom.txt", entries)
}

// shortenTitle makes a command line the title of an entry.
func shortenTitle(text string) string {
	text = strings.ReplaceAll(text, "\n", " ⏎ ")
	if runes := []rune(text); len(runes) > 90 {
		return string(runes[:89]) + "…"
	}
	return text
}

// firstAnswer is what is shown while people are still being added.
func (w *world) firstAnswer(t *testing.T, name string, people int, more string) commands.Reply {
	t.Helper()
	plan, job := w.mustPlan("bob", fmt.Sprintf("/newroom %q %s%s", name, w.mentionCrowd(people), more)), newJob()
	_, err := plan.Apply(t.Context(), job)
	require.Error(t, err, "the second part waits")
	require.Len(t, job.first, 1)
	return job.first[0]
}

// interruptedAnswer is what is shown when Symphony does not answer one of the calls.
func (w *world) interruptedAnswer(t *testing.T, text string, missing stub) commands.Reply {
	t.Helper()
	defer w.stub(missing)()
	plan, job := w.mustPlan("bob", text), newJob()
	_, err := plan.Apply(t.Context(), job)
	require.Error(t, err)
	require.Len(t, job.first, 1)
	return job.first[0]
}

// firstAnswerAbout is the same for more people than the pod has.
func (w *world) firstAnswerAbout(t *testing.T, name string, people int) commands.Reply {
	t.Helper()
	defer w.stub(stub{path: "/membership/add", status: http.StatusOK, answer: `{"format":"TEXT","message":"Member added"}`})()
	defer w.stub(stub{path: "/pod/v3/users?", status: http.StatusForbidden})()
	r := w.request("bob", fmt.Sprintf("/newroom %q", name))
	for i := range people {
		r.Users = append(r.Users, int64(103<<36+50_000+i))
	}
	plan, err := w.plan(r)
	require.NoError(t, err)
	job := newJob()
	_, err = plan.Apply(t.Context(), job)
	require.Error(t, err)
	require.Len(t, job.first, 1)
	return job.first[0]
}

func TestRepliesCauses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const add, refused = "/membership/add", http.StatusForbidden
	alice, eve := fmt.Sprint(w.people["alice"].ID), fmt.Sprint(w.people["eve"].ID)
	var entries []entry
	for i, c := range []struct {
		situation, command string
		stubs              []stub
		stored             []string // of a plan that was decided before somebody could not come in
	}{
		{"An information barrier or something like it", "@ravi @carol", nil, nil},
		{"An information barrier, on a pod that says so", "@Alice Martin @carol", []stub{{path: add, body: alice, status: 452}}, nil},
		{"A disabled account", "@dana", nil, []string{"dana"}},
		{"An account that is gone", "@Alice Martin", []stub{
			{path: add, body: alice, status: 400}, {path: "/pod/v3/users?", status: 200, answer: `{"users":[]}`},
		}, nil},
		{"Another company, internal room", "@Eve Adams", nil, []string{"eve"}},
		{"Another company, not connected", "external @Mallory Grey", nil, []string{"mallory"}},
		{"Another company, connected and refused", "external @Eve Adams", []stub{{path: add, body: eve, status: refused}}, nil},
		{"A compliance rule", "@Alice Martin", []stub{{path: add, body: alice, status: 451}}, nil},
		{"No ownership", "owner:@Alice Martin", []stub{{path: "/membership/promoteOwner", body: alice, status: refused}}, nil},
		{"A group", `group:"Test Group"`, []stub{{path: add, body: fmt.Sprint(103<<36 + 193), status: refused}}, nil},
		{"No answer", "@Alice Martin @carol", []stub{{path: add, body: alice, status: 503}}, nil},
		{"The bot is no owner any more", "@Alice Martin", []stub{
			{path: add, body: alice, status: refused},
			{path: "/membership/list", status: 200, answer: fmt.Sprintf(`[{"id":%d,"owner":true}]`, w.people["bob"].ID)},
		}, nil},
		{"The bot is out of the room", "@Alice Martin", []stub{{path: add, body: alice, status: refused}, {path: "/membership/list", status: refused}}, nil},
		{"No reason that can be found", "@Alice Martin", []stub{{path: add, body: alice, status: 400}}, nil},
		{"Several causes at once", "@ravi @dana @Eve Adams @Alice Martin", []stub{{path: add, body: alice, status: 451}}, []string{"eve", "alice", "ravi", "dana"}},
		{"The requester cannot be added", "@carol", []stub{{path: add, body: fmt.Sprint(w.people["bob"].ID), status: 451}}, nil},
		{"No entitlement to own a public room", "public owner:@kim", nil, nil},
	} {
		var remove []func()
		line := fmt.Sprintf("/newroom \"Room %d\" %s", i+1, c.command)
		var plan commands.Plan
		if c.stored != nil {
			plan = w.storedPlan("bob", line, c.stored...)
		} else {
			plan = w.mustPlan("bob", line)
		}
		for _, s := range c.stubs {
			remove = append(remove, w.stub(s))
		}
		entries = append(entries, entry{c.situation, w.finish(plan, newJob())})
		for _, r := range remove {
			r()
		}
	}
	entries = append(entries, entry{"Somebody has left before everybody was added", w.answerAfterLeaving("Left", "@Alice Martin @carol")})
	requireReplies(t, "causes.txt", entries)
}

// answerAfterLeaving is the reply to a request whose requester and whose Alice leave before it
// ends.
func (w *world) answerAfterLeaving(name, people string) commands.Reply {
	w.t.Helper()
	plan, job := w.mustPlan("bob", fmt.Sprintf("/newroom %q %s", name, people)), newJob()
	room := w.finish(plan, job).Room
	for _, who := range []string{"bob", "alice"} {
		require.NoError(w.t, w.client.RemoveMember(w.t.Context(), room, w.people[who].ID))
	}
	return w.finish(plan, job)
}

func TestRepliesRefusedRooms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.answer("bob", `/newroom "Desk"`)
	w.answer("bob", `/newroom "Town hall" public`)
	const create = "/pod/v3/room/create"
	var entries []entry
	add := func(situation, who, text string, stubs ...stub) {
		for _, s := range stubs {
			defer w.stub(s)()
		}
		entries = append(entries, entry{situation, w.answer(who, text)})
	}
	add("The name is that of a room that the requester is in", "bob", `/newroom "desk" @carol`)
	add("The name is that of a public room", "alice", `/newroom "town hall"`)
	add("The name is that of a room that the requester may not know of, or Symphony has another reason", "alice", `/newroom "desk" @carol`)
	add("A long name is refused", "alice", `/newroom "A very long name for a room with many letters 1"`,
		stub{path: create, status: 400, answer: `{"code":400,"message":"x"}`})
	add("A compliance rule blocks the name or the description", "bob", `/newroom "Secret"`, stub{path: create, status: 451})
	add("An information barrier", "bob", `/newroom "Wall"`, stub{path: create, status: 452})
	add("The bot may open no rooms", "bob", `/newroom "Closed"`, stub{path: create, status: 403})
	add("The bot may open no public rooms", "bob", `/newroom "Closed" public`, stub{path: create, status: 403})
	add("The bot may open no rooms for other companies", "bob", `/newroom "Closed" external`, stub{path: create, status: 403})
	add("Symphony refuses another room than one of a taken name", "bob", `/newroom "Odd"`, stub{path: create, status: 400})
	add("Symphony refuses a room for other companies with history", "bob", `/newroom "Odd" external history @alice`, stub{path: create, status: 400})
	add("The requester is from another company", "eve", `/newroom "Ours" @alice`)
	add("The requester is from another company and asks for a public room", "eve", `/newroom "Ours" public`)
	for _, option := range []string{"template:deal", "expires:30d", `welcome:"Hello all"`} {
		add("An option that is not available: "+option, "bob", `/newroom "Soon" `+option)
	}
	requireReplies(t, "refusals.txt", entries)
}

func TestRepliesUnfinished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var entries []entry
	add := func(situation string, job *memory, cancelled bool) {
		reply, err := w.env.UnfinishedReply(t.Context(), job, commands.Unfinished{
			ID: commands.NewRequestID(situation), From: w.people["bob"], Cancelled: cancelled,
			Again: w.env.Commands().OffersAgain(w.grammar("bob"), w.message(`/newroom "Again" @Alice Martin`)),
		})
		require.NoError(t, err)
		entries = append(entries, entry{situation, reply})
	}
	add("Nothing was begun", newJob(), false)
	add("Nothing was begun, cancelled", newJob(), true)
	intended := newJob()
	require.NoError(t, intended.Intend(t.Context(), "room"))
	add("The room may exist", intended, false)
	add("The room may exist, cancelled", intended, true)

	stopped := func(situation string, job *memory) {
		u := commands.Unfinished{ID: commands.NewRequestID(situation), From: w.people["bob"], Stopped: true}
		u.Again = w.env.Commands().OffersAgain(w.grammar("bob"), w.message(`/newroom "Again" @Alice Martin`))
		reply, err := w.env.UnfinishedReply(t.Context(), job, u)
		require.NoError(t, err)
		entries = append(entries, entry{situation, reply})
	}
	stopped("Stopped by the requester before anything was begun", newJob())
	stopped("Stopped by the requester, and the room may exist", intended)

	opened := func(name, people string, stubs ...stub) *memory {
		job, plan := newJob(), w.mustPlan("bob", fmt.Sprintf("/newroom %q %s", name, people))
		job.store(t, plan)
		for _, s := range stubs {
			defer w.stub(s)()
		}
		_, err := plan.Apply(t.Context(), job)
		require.Error(t, err)
		return job
	}
	promote := stub{path: "/membership/promoteOwner", status: 503}
	add("The room is open, and everybody is in it as wanted", func() *memory {
		job, plan := newJob(), w.mustPlan("bob", `/newroom "Complete" @alice`)
		job.store(t, plan)
		w.finish(plan, job)
		return job
	}(), false)
	add("The room is open without somebody", opened("Half", "@alice @carol", stub{path: "/membership/add", body: fmt.Sprint(w.people["alice"].ID), status: 503}), false)
	add("The room is open, and nobody became an owner", opened("No owners", "owner:@alice @carol", promote), true)
	stopped("Stopped by the requester, and the room is open without somebody",
		opened("Halted", "@alice @carol", stub{path: "/membership/add", body: fmt.Sprint(w.people["alice"].ID), status: 503}))
	w.connect()
	w.outsidersStayOut()
	w.stub(stub{path: "/membership/add", body: fmt.Sprint(w.people["mallory"].ID), status: 503})
	stopped("Stopped by the requester while somebody of another company is invited", opened("Invited", "external @alice owner:@Eve Adams"))
	add("Somebody is invited, somebody else perhaps, and one is missing",
		opened("Perhaps", "external @alice @Eve Adams @Mallory Grey",
			stub{path: "/membership/add", body: fmt.Sprint(w.people["alice"].ID), status: 503}), false)
	unseen := opened("Not seen", "external @alice @Eve Adams")
	removeList := w.stub(stub{path: "/membership/list", status: 403})
	add("Somebody is invited, and the room's members cannot be listed", unseen, true)
	removeList()
	unseen = opened("Unseen", "@alice", promote)
	defer w.stub(stub{path: "/membership/list", status: 403})()
	add("The room is open, and its members cannot be listed", unseen, false)
	requireReplies(t, "unfinished.txt", entries)
}

func TestRepliesAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := commands.NewRequestID("m1")
	late := w.message(`/newroom "Stale" @Alice Martin`)
	catalogue, g := w.env.Commands(), w.grammar("bob")
	form, list, mistake := w.message("/newroom"), w.message("/groups equi"), w.message(`/newroom "X" nonsense`)
	done := w.answer("bob", `/newroom "Told" @alice`)
	finished, plan := newJob(), w.mustPlan("bob", `/newroom "Twice" @alice`)
	finished.store(t, plan)
	w.finish(plan, finished)
	undoRefused := commands.PausedRefusal(commands.PausedBy{Name: "Olivia Ops"}, syntax.Message{})
	undoRefused.Room = "room" // as Undo does
	refusals := []struct {
		situation string
		refusal   *commands.Refusal
	}{
		{"The message was acted on before", commands.AlreadyDone(id, late)},
		{"A rule denies the command", commands.Denied("Contractors ask their desk head.", contact)},
		{"A rule denies the command, and names whom to ask", commands.Denied("Ask "+contact+" for rooms.", contact)},
		{"No rule allows the command", commands.DeniedByDefault("newroom", contact)},
		{"A rule allows the command in the 1:1 chat only", catalogue.DeniedOutsideIM("newroom", g, late)},
		{"A rule allows another command in the 1:1 chat only", catalogue.DeniedOutsideIM("groups", g, list)},
		{"A rule allows the command in the 1:1 chat only, and it has a mistake", catalogue.DeniedOutsideIM("newroom", g, mistake)},
		{"A rule is about the name of the room, which Symphony does not show",
			commands.DeniedForUnknown("newroom", "this room's name", contact)},
		{"A rule is about an address, which Symphony does not show",
			commands.DeniedForUnknown("newroom", "your e-mail address or username", contact)},
		{"A rule is about an account, which the directory does not show",
			commands.DeniedForUnknown("newroom", "your entry in the directory", contact)},
		{"Another version of the message is being worked on", commands.StillWorking(id, syntax.Message{Text: `/newroom "Q2"`})},
		{"A click on Stop for a request that has ended", commands.AlreadyEnded(id)},
		{"A button of a message that is gone", commands.Expired()},
		{"A click on what somebody else was asked", commands.NotYours("Bob Chen")},
		{"A click on what somebody else was asked, by a person of another company", commands.NotYours("")},
		{"Too many requests of the chat are unfinished", catalogue.TooMany(40, late, g.Parse(late))},
		{"Too many requests of the person in the chat are unfinished", catalogue.TooManyOfPerson("Carol O'Neil", 10, mistake, g.Parse(mistake))},
		{"The person has opened as many rooms as they may in an hour", commands.TooManyRooms(20, time.Hour, time.Date(2026, 3, 4, 14, 4, 5, 0, time.UTC), late)},
		{"The person has opened as many rooms as they may in a day", commands.TooManyRooms(20, 24*time.Hour, time.Date(2026, 3, 4, 14, 4, 5, 0, time.UTC), late)},
		{"A pause keeps no requests", commands.PausedRefusal(commands.PausedBy{Name: "Olivia Ops", Reason: "market event"}, late)},
		{"A pause keeps as many requests as it may", commands.TooManyHeld(commands.PausedBy{Name: "Olivia Ops"}, late)},
		{"A pause keeps no clicks on Undo", undoRefused},
		{"What is to be paused cannot be paused by itself", commands.NoKind("policy", []string{"newroom", "undo"})},
		{"What is to go on cannot be paused by itself", commands.NoKindToResume("policy", []string{"newroom", "undo"})},
		{"A pause whose words mean the end of one", commands.PauseAsEnd("off")},
		{"A pause whose words say when it is to end", commands.PauseUntil("until 5pm")},
		{"The message could not be read because of a bug", commands.Unreadable(id)},
		{"The command was written an hour ago", catalogue.TooLate(late, g.Parse(late), 70*time.Minute)},
		{"The command was written in a flood, and the bot has lost what it knew of it", catalogue.LeftOut(late, g.Parse(late))},
		{"The command was written hours ago and lacks a name", catalogue.TooLate(form, g.Parse(form), 5*time.Hour)},
	}
	var entries []entry
	for _, r := range refusals {
		entries = append(entries, entry{r.situation, r.refusal.Reply()})
	}
	entries = append(entries,
		entry{"A first answer when a pause holds the request", commands.TellHeld(
			commands.Subject{Request: "5k9d-02mx-q7ht", Room: "Fails"}, "job", commands.PausedBy{Name: "Olivia Ops", Reason: "market event"})},
		entry{"A first answer when a pause holds a request of a chat with other companies", commands.TellHeld(
			commands.Subject{Request: "5k9d-02mx-q7ht"}, "job", commands.PausedBy{})},
		entry{"A first answer when it takes longer", commands.PutOff(commands.Subject{Request: "5k9d-02mx-q7ht", Room: "Fails"}, 0)},
		entry{"A first answer when it goes on at a known time", commands.PutOff(commands.Subject{Request: "5k9d-02mx-q7ht"}, 90*time.Second)},
		entry{"A first answer while the requester's other command is worked on",
			commands.TellTurn(commands.AheadOf{Request: id, Room: "Q2 Earnings", Left: 90 * time.Second})},
		entry{"A first answer while somebody else's command is worked on", commands.TellTurn(commands.AheadOf{Request: id})},
		entry{"A first answer while several commands come first", commands.TellTurn(commands.AheadOf{Request: id, Room: "Q2 Earnings", More: 2})},
		entry{"Attempts have failed for two minutes", refusedOr(w.env.AskToGoOn(newJob(), "m1", commands.Subject{Request: "5k9d-02mx-q7ht", Room: "Fails"}, 125*time.Second))},
		entry{"Attempts have failed for two minutes, and the room is open", refusedOr(w.env.AskToGoOn(finished, "m1", commands.Subject{Request: "5k9d-02mx-q7ht", Room: "Fails"}, 125*time.Second))},
		entry{"The requester wants a failing request to go on", commands.KeepTrying(id)},
		entry{"A request was stopped, and its room may have been created", commands.TellStop(39 * time.Second)},
		entry{"A first answer in a room, when the reply is private", commands.AnsweredInPrivate()},
		entry{"A private copy of a reply to a room", commands.Denied("Contractors ask their desk head.", contact).Reply().PrivateCopy("FX desk")},
		entry{"A private copy of a reply to a room whose name is not known", commands.Denied("Contractors ask their desk head.", contact).Reply().PrivateCopy("")},
		entry{"A private copy of a reply to a click in a room", commands.NotYours("Bob Chen").Reply().PrivateCopyOfClick("FX desk")},
		entry{"A private copy of a reply to a form in a room", commands.NotYours("Bob Chen").Reply().PrivateCopyOfForm("FX desk")},
		entry{"Symphony refuses the reply, and a room is open", done.Brief(id)},
		entry{"Symphony refuses the reply", commands.Expired().Reply().Brief(id)},
	)
	requireReplies(t, "answers.txt", entries)
}

func TestRepliesForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clicked := values(`{"action":"create","name":"","groups":"\"Test Group\"","people":"","desc":"Prep","history":"yes"}`)
	m, err := w.env.ReadForm(t.Context(), clicked)
	require.NoError(t, err)
	mistake := w.grammar("bob").Parse(m).Error
	require.NotNil(t, mistake)
	var edited []entry
	for _, line := range []string{
		`/newroom "Q2" alice colour:red @Carol O'Neil desc:"Prep" public external`,
		"/newroom Quarterly earnings preparation with the whole equity desk @Alice Martin", `/newroom ` + strings.Repeat("long ", 30) + "@Alice Martin",
	} {
		reply, err := w.env.FormReply(w.grammar("bob").FormFor(w.message(line)), nil)
		require.NoError(t, err)
		edited = append(edited, entry{"A mistake is edited in the form: " + line, reply})
	}
	entries := []entry{
		{"The command alone", w.answer("bob", "/newroom")},
		{"Everything but the name", w.answer("bob", `/newroom @Alice Martin owner:@carol kim@acme.test group:"Test Group" desc:"Prep" nocopy discoverable`)},
		{"More than the form can hold", w.answer("bob", `/newroom desc:"`+strings.Repeat("long ", 2100)+`"`)},
		{"A form that was sent with a mistake comes back", w.env.Commands().SyntaxRefusal(w.grammar("bob"), m, mistake).ReplyWithForm(clicked, nil)},
	}
	entries = append(entries, edited...)
	prefilled := w.grammar("bob").FormFor(w.message(`/newroom @Alice Martin group:"test group" group:Nonesuch`))
	listed, err := w.env.FormReply(prefilled, commands.NewGroupChoices([]string{"FX EMEA", "Test Group"}))
	require.NoError(t, err)
	entries = append(entries, entry{"A form with a list of groups, in the 1:1 chat", listed}, entry{"A form that was sent", commands.ConfirmSent()})
	defer w.stub(stub{path: "/pod/v3/users?", status: 403})()
	_, err = w.env.ReadForm(t.Context(), values(fmt.Sprintf(`{"action":"create","name":"X","people":[%d]}`, w.people["alice"].ID)))
	entries = append(entries, entry{"The people chosen in the form cannot be looked up", refusedOr(commands.Reply{}, err)})
	requireReplies(t, "form.txt", entries)
}
