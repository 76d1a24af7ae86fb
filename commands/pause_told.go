package commands

import (
	"context"
	"slices"

	"roombot/commands/syntax"
	"roombot/symphony/messageml"
)

// findPause is the pause that stops a request, nil for none. One that refuses it comes first.
func (env *Env) findPause(ctx context.Context, governed Catalogue, asked syntax.Invocation) (*PauseInForce, error) {
	if !governed.Writes(asked) {
		return nil, nil
	}
	paused, err := env.Pauses.InForce(ctx)
	if err != nil {
		return nil, err
	}
	paused = slices.DeleteFunc(paused, func(p PauseInForce) bool { return !p.stops(asked.Command) })
	if len(paused) == 0 {
		return nil, nil
	}
	return &paused[max(0, slices.IndexFunc(paused, func(p PauseInForce) bool { return p.Drop }))], nil
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
