package soak

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"roombot/bot/audit"
)

// pauseDelay is how soon after a pause no request begins to write any more.
const pauseDelay = time.Second

// kindPause is the kind of entries about pauses. Earlier programs have told of them as of other
// acts of operators.
const kindPause audit.Kind = "pause"

// checkPauses tells whether the request began to write during a pause: it was let do so and has its
// room within it. One whose decision is older may have begun before.
func (g *Governance) checkPauses(e ending) (wrong []string) {
	at, known := e.allowedAt()
	if !known || e.room == nil {
		return nil
	}
	for i, p := range g.Pauses {
		if at.After(p.From.Add(pauseDelay)) && e.createdAt().Before(p.Until) {
			wrong = append(wrong, fmt.Sprintf("began to write during pause %d", i+1))
		}
	}
	return wrong
}

// checkPauseEntries notes pauses and resumes without an entry, and entries without one. What the
// administrator types may be done again by the next bot, where one is killed.
func (a *AuditResult) checkPauseEntries(g *Governance, entries []audit.Entry) {
	inShell, inChat := map[string]int{}, map[string]int{}
	for _, e := range entries {
		if e.Kind != audit.Operator && e.Kind != kindPause {
			continue
		}
		var body audit.OperatorBody
		_ = json.Unmarshal(e.Body, &body) // one that cannot be read is of no act
		if strings.HasPrefix(body.Operator, "user ") {
			inChat[body.Act]++
		} else {
			inShell[body.Act]++
		}
	}
	for _, p := range g.Pauses {
		told := inShell
		if p.InChat {
			told = inChat
		}
		for _, act := range []string{"pause " + p.Kind, "resume " + p.Kind} {
			if told[act]--; told[act] < 0 {
				a.addFault("audit record: no entry about a %s", act)
			}
		}
	}
	for act, more := range inShell {
		if more > 0 {
			a.addFault("audit record: %d entries about a %s that nobody asked for", more, act)
		}
	}
	for act, more := range inChat {
		if more > g.Kills {
			a.addFault("audit record: %d entries about a %s that nobody asked for", more, act)
		}
	}
}
