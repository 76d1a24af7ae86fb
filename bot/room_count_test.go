package bot_test

import (
	"database/sql"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

func opensRooms(perHour int) func(*world) {
	return func(w *world) { w.limits.RoomsPerHour = perHour }
}

// seesTheLimit asserts that a request was refused since its person has opened so many rooms, and
// that the time in the answer is about an hour ahead.
func (s said) seesTheLimit(rooms string) {
	s.w.t.Helper()
	s.sees("✗ You have asked for "+rooms+" in the last hour, as many as one person may open. Nothing was created.", "Then one click does it:")
	told := regexp.MustCompile(`The next is possible at (\d\d:\d\d) UTC\.`).FindStringSubmatch(s.answer())
	require.Len(s.w.t, told, 2)
	now := time.Now().UTC()
	at, err := time.Parse("2006-01-02 15:04", now.Format("2006-01-02 ")+told[1])
	require.NoError(s.w.t, err)
	if at.Before(now) { // after midnight
		at = at.Add(24 * time.Hour)
	}
	require.WithinRange(s.w.t, at, now.Add(50*time.Minute), now.Add(62*time.Minute))
}

func TestAPersonOpensAsManyRoomsAnHourAsTheLimitAllows(t *testing.T) {
	t.Parallel()
	w := newWorld(t, opensRooms(2))
	w.says("bob", `/newroom "One" @alice`).sees("✓ One")
	w.says("bob", `/newroom "Two"`).sees("✓ Two")
	w.says("bob", `/newroom "Three" @alice`).seesTheLimit("2 rooms")
	w.stop()
	w.start()
	w.says("bob", `/newroom "Four"`).seesTheLimit("2 rooms")
	w.says("bob", "/groups").sees("I can add these groups")
	w.says("bob", `/newroom "Five" preview`).sees("Nothing was created yet")
	w.says("alice", `/newroom "Hers"`).sees("✓ Hers")
	for _, name := range []string{"Three", "Four", "Five"} {
		require.Empty(t, w.rooms(name))
	}
}

func TestARefusedRoomAndARequestThatComesBackDoNotCountTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, opensRooms(2))
	w.says("bob", `/newroom "Desk" @alice`).sees("✓ Desk")
	for range 3 { // there is certainly no room
		w.says("bob", `/newroom "desk"`).sees("You already have “Desk”.")
	}
	never := w.waits("", "bob", `/newroom "Never"`)
	w.stop()
	w.operates(func(i *engine.Inspector) error { return i.Cancel(t.Context(), never.Message.ID) })
	w.start()
	never.endsWith("Nothing was created.")
	w.heal()
	w.fail(client.Fault{Path: onCreate, Drop: "before", Count: 1}, client.Fault{Path: onCreate, Drop: "after", Count: 1})
	w.asks("bob", `/newroom "Lost"`).endsWith("✓ Lost")
	w.theOnly("Lost", "bob")
	w.says("bob", `/newroom "More"`).seesTheLimit("2 rooms")
	require.Empty(t, w.rooms("More"))
}

// What has opened nothing may be opened later, by an edited or a retried request.
func TestARequestOverTheLimitOfRoomsMayRunLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, opensRooms(1))
	w.says("bob", `/newroom "One"`).sees("✓ One")
	refused := w.says("bob", `/newroom "Two"`)
	refused.seesTheLimit("1 room")
	w.hourPasses()
	w.edits("bob", refused.Message.ID, `/newroom "Two" @alice`).sees("✓ Two")
	w.theOnly("Two", "bob", "alice")
}

// hourPasses makes all counted rooms an hour older.
func (w *world) hourPasses() {
	w.t.Helper()
	w.stop()
	w.changeStore(fmt.Sprintf(`UPDATE quota SET at = at - %d`, time.Hour.Microseconds()))
	w.start()
}

func TestRoomsOfATimeWithoutALimitCountOnceThereIsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 3 {
		w.says("bob", fmt.Sprintf(`/newroom "Room %d"`, i)).sees("is open")
	}
	w.changeRules(`{allow: [{name: few, who: [internal], commands: [newroom], limits: {perHour: 3}}]}`)
	w.says("bob", `/newroom "Room 3"`).sees("3 rooms")
	w.says("alice", `/newroom "Hers"`).sees("is open")
}

// changeStore runs a statement in the store of a bot that is stopped.
func (w *world) changeStore(statement string) {
	w.t.Helper()
	db, err := sql.Open("sqlite", w.store)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, db.Close()) }()
	_, err = db.ExecContext(w.t.Context(), statement)
	require.NoError(w.t, err)
}

// readStore reads one value.
func (w *world) readStore(value any, query string) {
	w.t.Helper()
	db, err := sql.Open("sqlite", w.store)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, db.Close()) }()
	require.NoError(w.t, db.QueryRowContext(w.t.Context(), query).Scan(value))
}

func TestRoomsByARuleWithoutLimitsCountAgainstTheLimitsOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`allow: [{name: public, who: [internal], commands: [newroom], when: {public: true}}, {name: others, who: [internal], commands: [newroom], limits: {perDay: 2}}]`))
	w.says("alice", `/newroom "One" public`).sees("is open")
	w.says("alice", `/newroom "Two" public`).sees("is open")
	w.says("alice", `/newroom "Three"`).sees("2 rooms")
	w.says("alice", `/newroom "Four" public`).sees("is open")
	require.Empty(t, w.rooms("Three"))
}

func TestTheRecordHasTheLimitThatWasReached(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{allow: [{name: few, who: [internal], commands: [newroom, groups], limits: {perDay: 1}}]}`))
	opened := w.says("alice", `/newroom "One"`)
	require.Contains(t, w.checksOf(opened), "– fewer than 1 room in the last day (counted when the room is created)")
	refused := w.says("alice", `/newroom "Two"`)
	require.Contains(t, w.checksOf(refused), "✗ fewer than 1 room in the last day")
	require.NotContains(t, w.checksOf(refused), "✓ fewer than 1 room in the last day")
	w.says("alice", "/why").sees("You have opened as many rooms as you may for now.", "✗ fewer than 1 room in the last day")
	w.says("alice", "/groups").sees("I can add these groups")
}

// checksOf are the conditions of the last decision about a request, as the record has them.
func (w *world) checksOf(of said) (told []string) {
	w.t.Helper()
	for _, s := range w.record() {
		if s.Kind != audit.Decision || s.Request != string(commands.NewRequestID(of.Message.ID)) {
			continue
		}
		decision, err := bot.ReadDecision(s)
		require.NoError(w.t, err)
		told = nil
		for _, c := range decision.Decision.Checks {
			told = append(told, c.String())
		}
	}
	return told
}
