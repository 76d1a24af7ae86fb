package bot_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// auditLine is a line of the audit log.
type auditLine map[string]any

// tell is the line in short: what it is about, the account and the codes.
func (l auditLine) tell(names map[int64]string) string {
	parts := []string{l["audit"].(string)}
	for _, key := range []string{"allowed", "rule", "member", "cause", "outcome", "act", "operator"} {
		switch value := l[key].(type) {
		case nil:
		case float64:
			parts = append(parts, names[int64(value)])
		case bool:
			parts = append(parts, map[bool]string{true: "allowed", false: "denied"}[value])
		default:
			parts = append(parts, value.(string))
		}
	}
	return strings.Join(parts, " ")
}

// auditLines are the audit lines of a request so far; of all requests without one.
func (w *world) auditLines(of *said) (all []auditLine) {
	w.t.Helper()
	for line := range strings.Lines(w.log.String()) {
		var l auditLine
		require.NoError(w.t, json.Unmarshal([]byte(line), &l))
		if l["audit"] != nil && (of == nil || l["request"] == string(commands.NewRequestID(of.Message.ID))) {
			all = append(all, l)
		}
	}
	return all
}

// requireAudit asserts that these and no other lines tell of a request.
func (w *world) requireAudit(of said, lines ...string) {
	w.t.Helper()
	people, err := w.pod.People(w.t.Context())
	require.NoError(w.t, err)
	names := map[int64]string{}
	for _, p := range people.People {
		names[p.ID] = p.Username
	}
	var told []string
	w.waitUntilIdle()
	for _, l := range w.auditLines(&of) {
		told = append(told, strings.TrimSpace(l.tell(names)))
	}
	require.ElementsMatch(w.t, lines, told)
}

// logsWarnings is for an audit log that depends on no level.
func logsWarnings(w *world) { w.level = zerolog.WarnLevel }

func TestTheAuditLogTellsEachEventOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, logsWarnings, opensRooms(1))
	done := w.says("bob", `/newroom "Q2 Earnings" @alice @ravi owner:@carol`).sees("⚠ Q2 Earnings")
	w.requireAudit(done, "decision allowed everybody", "room",
		"member bob", "member alice", "member ravi forbidden", "member carol", "answer partial")
	line := w.auditLines(&done)
	room := w.theRoom("Q2 Earnings").StreamID
	bob := w.personID("bob")
	for _, l := range line {
		require.InDelta(t, bob, l["user"], 0)
		require.Equal(t, "info", l["level"])
		if l["audit"] != "decision" {
			require.Equal(t, room, l["room"])
		}
	}
	w.requireAudit(w.says("kim", `/newroom "Denied"`), "decision denied contractors", "answer denied")
	w.requireAudit(w.says("carol", "/groups"), "decision allowed everybody", "answer done")
	w.requireAudit(w.says("carol", "hello"), "answer talk")
	w.requireAudit(w.says("bob", `/newroom "More"`), "decision allowed everybody", "decision denied everybody", "answer too-many-rooms")
	w.requireAudit(w.says("alice", `/newroom "Maybe" @kim preview`), "decision allowed everybody", "answer preview")
	w.requireAudit(w.says("carol", `/newroom "q2 earnings"`), "decision allowed everybody", "answer name-taken")
	w.requireAudit(w.says("kim", `/newrom "Typo"`), "answer unknown-command")
	w.requireAudit(w.says("kim", `/newroom "Typo`), "decision denied contractors", "answer denied")
	require.NotContains(t, w.log.String(), "request was answered", "which is of a lower level")
}

func (w *world) personID(username string) int64 {
	w.t.Helper()
	people, err := w.pod.People(w.t.Context())
	require.NoError(w.t, err)
	i := slices.IndexFunc(people.People, func(p client.Person) bool { return p.Username == username })
	require.GreaterOrEqual(w.t, i, 0, username)
	return people.People[i].ID
}

func TestTheAuditLogTellsEachEventOnceAfterARecovery(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon)
	half := w.stopsHalfWay("Half")
	w.start()
	half.endsWith("✓ Half")
	var rooms, answers int
	w.waitUntilIdle()
	members := map[float64]int{}
	for _, l := range w.auditLines(&half) {
		switch l["audit"] {
		case "room":
			rooms++
		case "answer":
			answers++
		case "member":
			members[l["member"].(float64)]++
		}
	}
	require.Equal(t, []int{1, 1}, []int{rooms, answers})
	require.Len(t, members, len(w.theRoom("Half").Usernames())-1, "all but the bot")
	for id, n := range members {
		require.Equal(t, 1, n, "%.0f", id)
	}

	w.fail(client.Fault{Path: onCreate, Drop: "after", Count: 1})
	lost := w.asks("bob", `/newroom "Lost" @alice`)
	lost.endsWith("✓ Lost")
	w.requireAudit(lost, "decision allowed everybody", "room", "member bob", "member alice", "answer done")
	w.fail(client.Fault{Path: onAdd, Status: 503, Count: 3}, client.Fault{Path: onSend, Drop: "after", Count: 1})
	slow := w.asks("bob", `/newroom "Slow" @alice`)
	slow.endsWith("✓ Slow")
	w.requireAudit(slow, "decision allowed everybody", "room", "member bob", "member alice", "answer done")
}

// A request that waited is decided again, which is another decision.
func TestTheAuditLogTellsOfASecondDecision(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.deniesAfterAWait()
	w.waitUntilIdle()
	var told []any
	for _, l := range w.auditLines(&asked) {
		told = append(told, l["audit"], l["allowed"])
	}
	require.Equal(t, []any{"decision", true}, told[:2])
	require.Equal(t, []any{"decision", false, "answer", nil}, told[len(told)-4:])
}

func TestTheAuditLogOfTheBotTellsOfOperators(t *testing.T) {
	t.Parallel()
	w := newWorld(t, logsWarnings)
	asked := w.waits("", "bob", `/newroom "Waited" @alice`)
	w.stop()
	ctx := engine.WithOperator(context.Background(), "ann")
	w.operates(func(i *engine.Inspector) error { return i.Cancel(ctx, asked.Message.ID) })
	w.start()
	asked.endsWith("Your administrators have ended this", "Nothing was created.")
	require.Eventually(t, func() bool { return strings.Contains(w.log.String(), `"audit":"operator"`) }, patience, tick)
	i := slices.IndexFunc(w.auditLines(&asked), func(l auditLine) bool { return l["audit"] == "operator" })
	l := w.auditLines(&asked)[i]
	require.Equal(t, []any{"cancel", "ann", asked.Message.ID}, []any{l["act"], l["operator"], l["job"]})
	at, err := time.Parse(time.RFC3339, l["at"].(string))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), at, time.Minute)
}

// auditFields are the fields that an audit line may have, and what they look like: ids, codes and
// the name of a rule. No field has room for a name, an address or a text.
var auditFields = map[string]*regexp.Regexp{
	"audit": regexp.MustCompile(`^"(decision|room|member|answer|operator)"$`), "message": regexp.MustCompile(`^"[a-z ]+"$`),
	"level": regexp.MustCompile(`^"info"$`), "rule": regexp.MustCompile(`^"(everybody|contractors)"$`), "time": datetime,
	"job": id, "request": logFields["request"], "attempt": number, "user": logFields["user"], "chat": id,
	"room": id, "member": number, "cause": word, "outcome": word, "command": logFields["command"], "allowed": logFields["allowed"],
	"replica": anyText,
}

func TestTheAuditLogNamesNobodyAndTellsNoText(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, logsEverything, func(w *world) { w.bounds.PerPerson = 3 })
	w.isBusy()
	people, err := w.pod.People(t.Context())
	require.NoError(t, err)
	lines, events := 0, map[string]bool{}
	for line := range strings.Lines(w.log.String()) {
		fields, err := readOnce(line)
		require.NoError(t, err)
		if fields["audit"] == "" {
			continue
		}
		lines++
		events[fields["audit"]] = true
		for key, value := range fields {
			require.Contains(t, auditFields, key, line)
			require.Regexp(t, auditFields[key], value, line)
		}
		for _, p := range people.People {
			require.NotContains(t, line, p.DisplayName)
			require.NotContains(t, line, p.Email)
		}
		require.NotRegexp(t, `Shared|Denied|Flood|Test Group|Abroad|Seen`, line)
	}
	require.Greater(t, lines, 20)
	require.Len(t, events, 4)
}

func TestTheOperationsGuideListsTheAuditLines(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join("..", "docs", "operations.md"))
	require.NoError(t, err)
	_, section, found := strings.Cut(string(guide), "\n## Audit log\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	for _, event := range []string{"decision", "room", "member", "answer", "operator"} {
		require.Contains(t, section, "\n| `"+event+"` |")
	}
	for field := range auditFields {
		if !slices.Contains([]string{"level", "time", "message", "attempt", "chat", "replica"}, field) {
			require.Contains(t, section, "`"+field+"`")
		}
	}
}
