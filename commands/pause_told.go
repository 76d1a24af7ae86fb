package commands

import (
	"context"
	"slices"

	"roombot/commands/syntax"
	"roombot/symphony/messageml"
)

// findPause is the pause that stops a request, nil for none.
func (env *Env) findPause(ctx context.Context, governed Catalogue, asked syntax.Invocation) (*PauseInForce, error) {
	if !governed.Writes(asked) {
		return nil, nil
	}
	paused, err := env.Pauses.InForce(ctx)
	if err != nil {
		return nil, err
	}
	return PauseOf(paused, asked.Command), nil
}

// PauseOf is the pause that stops requests of a kind, nil for none. One that refuses them comes
// first.
func PauseOf(all []PauseInForce, kind string) (found *PauseInForce) {
	for _, p := range all {
		if p.stops(kind) && (found == nil || p.Drop && !found.Drop) {
			found = &p
		}
	}
	return found
}

// butPaused ends the sentence about what is allowed: with the pause that stops it, if one does.
func (rd reader) butPaused(sentence string) string {
	if rd.pause == nil {
		return sentence + "."
	}
	p := rd.mayRead(*rd.pause)
	return sentence + ", but " + describeKind(p.Kind) + " is paused: " + p.details() + " " + p.fate()
}

// replyPaused is a decision for its reader alone, with the pause that would stop the request too.
func (rd reader) replyPaused(title string, d Decision) Reply {
	reply := rd.reply(title, d)
	if rd.pause != nil && d.Outcome != OutcomeDeny {
		reply.Body = slices.Insert(reply.Body, 1, rd.listPauses([]PauseInForce{*rd.pause})...)
	}
	return reply
}

// listPauses has a line for each pause.
func (rd reader) listPauses(all []PauseInForce) (lines []messageml.Node) {
	for _, p := range all {
		p = rd.mayRead(p)
		lines = append(lines, messageml.Paragraph(messageml.Text("⏸ Paused: "+p.String()+" "+p.fate())))
	}
	return lines
}

// mayRead is the pause without what the reader may not know: people of other companies are not told
// whose it is.
func (rd reader) mayRead(p PauseInForce) PauseInForce {
	if rd.outside {
		p.By = PausedBy{}
	}
	return p
}
