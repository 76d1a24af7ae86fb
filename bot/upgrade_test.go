package bot_test

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"roombot/commands"
	"roombot/symphony"
	"roombot/symphony/sandbox/client"
)

// oldStore is what the version before 0.1.0 left when it was killed: its rows, in which the ids
// that a pod gives are placeholders. The situations: bob is answered; ops has a room and a decided
// reply that was never posted; carol's creation got no answer; alice has a room that she is in and
// nobody else, and another request behind it; ravi has sent the form and nothing came of it yet;
// cora looks at a button that runs her corrected command.
const oldStore = "testdata/store-before-0.1.0.sql"

// oldSchema is the version of the schema of those rows.
const oldSchema = 3

// oldJobs are the people and what they wrote, in the order in which they did.
var oldJobs = []struct{ job, who, text string }{
	{"bob", "bob", `/newroom "Answered" @alice group:"Test Group"`},
	{"ravi", "ravi", `/newroom`},
	{"cora", "cora", `/newroom "Typo" @kim group:"Test Grou"`},
	{"ops", "ops", `/newroom "Reply Lost" @carol`},
	{"carol", "carol", `/newroom "Lost Create" @kim`},
	{"alice1", "alice", `/newroom "Half Made" @bob group:"Test Group"`},
	{"alice2", "alice", `/newroom "Waiting" @bob`},
}

// upgrade is an old store on its way into a pod of today.
type upgrade struct {
	*world
	pod   *symphony.Client // signed in as the bot
	ids   map[string]string
	said  map[string]said
	store string // the rows, with the ids that are known by now
}

func TestAStoreOfTheVersionBeforeIsOpenedAndFinished(t *testing.T) {
	t.Parallel()
	u := newUpgrade(t)
	for _, j := range oldJobs {
		u.writeAgain(j.job, j.who, j.text)
	}
	u.ids["ravi2.message"], u.ids["ravi2.request"] = "event-of-the-form", string(commands.NewRequestID("event-of-the-form"))
	stranger := u.plants("Not of the bot", client.Keyword{Key: commands.RequestKeyword, Value: u.ids["carol.request"]})
	u.room("Answered", "bob", "bob", "alice")
	u.room("Reply Lost", "ops", "ops", "carol")
	u.room("Lost Create", "carol")
	u.room("Half Made", "alice1", "alice")
	u.postFirst("bob", "done", "Answered is open")
	u.postFirst("carol", "put-off", "This takes longer than usual")
	u.postFirst("alice1", "done", "Half Made is open")
	u.ids["ravi.form"] = u.post("ravi", u.storedReply("ravi"))
	u.ids["cora.offer"] = u.post("cora", u.storedReply("cora"))
	u.writeStore()
	u.start()

	u.said["ops"].endsWith("Reply Lost", "is open")
	u.said["carol"].endsWith("✓ Lost Create", "is open", "Kim Novak")
	u.waitUntilIdle()
	alice := u.shownAnswers("alice", u.said["alice1"].Message)
	require.Len(t, alice, 2, "one answer for each of two requests")
	require.Contains(t, alice[0], "✓ Half Made")
	require.Contains(t, alice[1], "✓ Waiting")
	ravi := u.shownAnswers("ravi", u.said["ravi"].Message)
	require.Len(t, ravi, 1, "what came of the form, which is gone")
	require.Contains(t, ravi[0], "✓ By Form")
	u.theOnly("Reply Lost", "ops", "carol")
	u.theOnly("Lost Create", "carol", "kim")
	require.ElementsMatch(t, []string{"kim", "roombot"}, u.roomByID(stranger).Usernames())
	u.theOnly("Half Made", "alice", "bob", "carol")
	u.theOnly("Waiting", "alice", "bob")
	u.theOnly("By Form", "ravi", "kim", "cora")
	require.Contains(t, u.theRoom("Half Made").OwnerNames(), "alice")

	require.Len(t, u.shownAnswers("bob", u.said["bob"].Message), 1, "what was answered is not answered again")
	u.edits("bob", u.said["bob"].Message.ID, `/newroom "Answered once more" @alice`).sees("I have already acted on this")
	require.Empty(t, u.rooms("Answered once more"))

	offer := client.Message{ID: u.ids["cora.offer"]}
	u.click("cora", offer, commands.FormOffer, "offer-0", nil).sees("✓ Typo", "is open")
	u.theOnly("Typo", "cora", "kim", "alice", "bob", "carol")
}

func newUpgrade(t *testing.T) *upgrade {
	t.Helper()
	w := newWorld(t, settlesSoon)
	w.stop()
	k, err := key()
	require.NoError(t, err)
	pod, err := symphony.New(symphony.Config{Username: "roombot", Key: k, Endpoints: symphony.Endpoints{Pod: w.url}})
	require.NoError(t, err)
	t.Cleanup(pod.Close)
	rows, err := os.ReadFile(oldStore)
	require.NoError(t, err)
	return &upgrade{world: w, pod: pod, ids: map[string]string{}, said: map[string]said{}, store: string(rows)}
}

// writeAgain has somebody write again what they wrote to the old version.
func (u *upgrade) writeAgain(job, who, text string) {
	u.t.Helper()
	s := u.asks(who, text)
	u.said[job] = s
	u.ids[job+".message"], u.ids[who+".chat"] = s.Message.ID, s.Message.StreamID
	u.ids[job+".request"] = string(commands.NewRequestID(s.Message.ID))
}

// room makes a room as the old version did for a job, with its first members.
func (u *upgrade) room(name, job string, members ...string) {
	u.t.Helper()
	ctx := u.t.Context()
	made, err := u.pod.CreateRoom(ctx, symphony.RoomAttributes{
		Name: name, Description: "as before", Keywords: []symphony.Keyword{{Key: "roombot-request", Value: u.ids[job+".request"]}},
	})
	require.NoError(u.t, err)
	for _, who := range members {
		users, err := u.pod.UsersByUsername(ctx, who)
		require.NoError(u.t, err)
		require.Len(u.t, users, 1)
		require.NoError(u.t, u.pod.AddMember(ctx, made.ID, users[0].ID))
	}
	padded := strings.NewReplacer("-", "+", "_", "/").Replace(string(made.ID))
	padded += strings.Repeat("=", -len(padded)&3)
	_, err = base64.StdEncoding.DecodeString(padded)
	require.NoError(u.t, err)
	placeholder := strings.ToLower(strings.ReplaceAll(name, " ", "-")) + ".room"
	u.ids[placeholder], u.ids[placeholder+".padded"], u.ids[placeholder+".link"] = string(made.ID), padded, url.QueryEscape(padded)
}

// postFirst posts the first answer to a job, stamped as the old version did.
func (u *upgrade) postFirst(job, outcome, text string) {
	u.t.Helper()
	data := fmt.Sprintf(`{"roombot":{"type":"com.roombot.reply","version":"1.0","request":%q,"part":"first","outcome":%q,"origin":%q}}`,
		u.ids[job+".request"], outcome, u.ids[job+".message"])
	u.ids[job+".first"] = u.post(job, symphony.Outgoing{MessageML: "<messageML>" + text + "</messageML>", Data: data})
}

func (u *upgrade) post(job string, m symphony.Outgoing) (id string) {
	u.t.Helper()
	posted, err := u.pod.SendMessage(u.t.Context(), symphony.StreamID(u.said[job].Message.StreamID), m)
	require.NoError(u.t, err)
	return string(posted.ID)
}

// storedReply is the reply that the old version had stored for a job, as it was shown.
func (u *upgrade) storedReply(job string) symphony.Outgoing {
	u.t.Helper()
	row := regexp.MustCompile(`VALUES \('<<` + job + `\.message>>', 'outcome', '(.*)'\);`).FindStringSubmatch(u.store)
	require.Len(u.t, row, 2)
	var stored struct {
		Reply struct{ MessageML, Data string }
	}
	require.NoError(u.t, json.Unmarshal([]byte(u.fillIDs(strings.ReplaceAll(row[1], "''", "'"))), &stored))
	return symphony.Outgoing{MessageML: stored.Reply.MessageML, Data: stored.Reply.Data}
}

// fillIDs puts the ids that are known in the places of their placeholders.
func (u *upgrade) fillIDs(text string) string {
	for name, id := range u.ids {
		text = strings.ReplaceAll(text, "<<"+name+">>", id)
	}
	return text
}

// writeStore makes the old store: today's empty one without what came later, and the old rows,
// whose times are moved so that the store was left a minute ago.
func (u *upgrade) writeStore() {
	u.t.Helper()
	rows := u.fillIDs(u.store)
	require.NotRegexp(u.t, `<<[a-z0-9.-]+\.[a-z]+>>`, rows, "a placeholder without an id")
	empty, err := emptyStore()
	require.NoError(u.t, err)
	require.NoError(u.t, os.WriteFile(u.world.store, empty, 0o600))
	for _, end := range []string{"-wal", "-shm"} {
		_ = os.Remove(u.world.store + end)
	}
	db, err := sql.Open("sqlite", u.world.store)
	require.NoError(u.t, err)
	defer func() { require.NoError(u.t, db.Close()) }()
	left := time.Date(2026, 11, 29, 14, 59, 20, 0, time.UTC)
	moved := time.Since(left).Truncate(time.Second)
	var statements []string
	statements = append(statements, backToOldSchema...)
	statements = append(statements, rows,
		fmt.Sprintf(`UPDATE command SET received = received + %d, finished = finished + %[1]d`, moved.Microseconds()),
		fmt.Sprintf(`UPDATE intent SET at = at + %d`, moved.Microseconds()),
		fmt.Sprintf(`UPDATE river_job SET created_at = datetime(created_at, 'subsec', '%+d seconds'),
			scheduled_at = datetime(scheduled_at, 'subsec', '%[1]d seconds'), attempted_at = datetime(attempted_at, 'subsec', '%[1]d seconds'),
			finalized_at = datetime(finalized_at, 'subsec', '%[1]d seconds')`, int(moved.Seconds())))
	for _, statement := range statements {
		_, err := db.Exec(statement)
		require.NoError(u.t, err)
	}
	var version int
	require.NoError(u.t, db.QueryRow(`SELECT max(version) FROM schema_version`).Scan(&version))
	require.Equal(u.t, oldSchema, version)
}

// backToOldSchema takes away what later versions have added to the schema.
var backToOldSchema = []string{
	fmt.Sprintf(`DELETE FROM schema_version WHERE version > %d`, oldSchema),
	`ALTER TABLE command DROP COLUMN journal`,
	`DROP INDEX command_unerased`,
	`ALTER TABLE command DROP COLUMN record`,
	`ALTER TABLE command DROP COLUMN forget`,
	`DROP INDEX command_held`,
	`ALTER TABLE command DROP COLUMN held`,
	`DELETE FROM note`,
	`ALTER TABLE command DROP COLUMN owner`,
	`DROP TABLE quota`,
	`DROP TABLE act`, `DROP TABLE audit`, `DROP TABLE audit_unlinked`, `DROP TABLE audit_facts`,
	`ALTER TABLE command DROP COLUMN lane`,
	`ALTER TABLE command DROP COLUMN failing_since`,
	`ALTER TABLE replica DROP COLUMN label`, `DROP TABLE question`,
}
