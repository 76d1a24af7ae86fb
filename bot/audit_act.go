package bot

import (
	"fmt"
	"strings"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/commands"
)

// pauseFacts are what is personal beside a pause: its reason is what somebody has typed.
type pauseFacts struct {
	Reason string `json:"reason"`
}

// entryOfAct is the entry for what an operator did from the shell, or for a pause or its end from
// either.
func entryOfAct(act engine.Act) (audit.Entry, *audit.Facts) {
	kind, request := audit.Operator, ""
	if act.Job != "" {
		request = string(commands.NewRequestID(act.Job))
	}
	if act.IsPause() {
		kind = audit.Pause
	}
	e := audit.New(kind, request, fmt.Sprintf("%s/%d/%s", kind, act.At.UnixMicro(), act.Name),
		audit.OperatorBody{Act: act.Name, Operator: strings.ToValidUTF8(act.Operator, "?"), Job: act.Job, Acted: act.At.UTC()})
	e.Actor = adminOfAct(act)
	if act.Reason == "" {
		return e, nil
	}
	e, facts := e.WithFacts(pauseFacts{act.Reason})
	return e, &facts
}
