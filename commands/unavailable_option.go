package commands

import "roombot/commands/syntax"

// refuseUnavailableOption refuses the options that are understood and not available yet, and offers
// the command without them.
func refuseUnavailableOption(r *Request) *Refusal {
	without, first := r.Invocation, ""
	var left []string
	for _, o := range roomOptions() {
		if _, given := r.Options[o.Key]; given && o.Unavailable {
			if first == "" {
				first = o.Key + ":"
			}
			without, left = withoutOption(without, o.Key), append(left, o.Key+":")
		}
	}
	if len(left) == 0 {
		return nil
	}
	line, caret := caretAt(r.Message, first)
	verb := " is"
	if len(left) > 1 {
		verb = " are"
	}
	create := Offer{Label: "Create it without " + syntax.JoinWords(left, "and"), Command: FormatCommand(r.Message, without)}
	if r.Preview() {
		create.Label = "Preview it without " + syntax.JoinWords(left, "and")
	}
	return &Refusal{
		Code: "option-not-yet", Line: line, Caret: caret,
		Message: syntax.JoinWords(left, "and") + verb + " not available yet." + nothingCreated,
		Offers:  []Offer{create}, Open: true,
	}
}
