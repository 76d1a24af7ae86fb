package commands

import (
	"slices"
	"strings"
	"unicode/utf8"

	"roombot/commands/syntax"
)

// pauseText is what stands behind /pause or /resume, as it was understood.
type pauseText struct {
	kinds   []string // of requests; the empty one for all
	isNamed bool     // the kinds were named, and are not all for want of a name
	others  []string // what was named in their place and cannot be paused by itself
	drop    bool
	reason  string
	// meant is the kind that the reason begins with, misspelt; empty for none.
	meant string
}

// readPause reads the kinds of requests that a text begins with, one or several, and the rest.
func (env *Env) readPause(text string) (p pauseText) {
	words := strings.Fields(text)
	for isListed := true; isListed && len(words) > 0 && env.arePausable(words[0]); {
		p.add(words[0], env.Pauses.Kinds())
		isListed, words = endsInListMark(words[0]), words[1:]
		if !isListed && len(words) > 1 && isListWord(words[0]) && env.arePausable(words[1]) {
			isListed, words = true, words[1:]
		}
	}
	if p.isNamed = len(p.kinds) > 0; !p.isNamed || slices.Contains(p.kinds, "") {
		p.kinds = []string{""}
	}
	if len(words) > 0 && strings.EqualFold(words[0], "drop") {
		p.drop, words = true, words[1:]
	}
	p.reason = syntax.Truncate(strings.Trim(strings.Join(words, " "), quoteMarks), maxReason)
	if p.isAllByDefault() && len(words) > 0 {
		p.meant = nearestKind(words[0], env.Pauses.Kinds())
	}
	return p
}

// arePausable reports whether a word names what somebody might want to pause, or a list of such:
// all, commands, or what has a slash like a command.
func (env *Env) arePausable(word string) bool {
	names := splitList(word)
	isPausable := func(name string) bool {
		plain := strings.TrimPrefix(name, "/")
		_, isCommand := env.Commands().Lookup(plain)
		return isCommand || plain != name || plain == "all" || slices.Contains(env.Pauses.Kinds(), plain)
	}
	return len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool { return !isPausable(name) })
}

// add adds the names of a word.
func (p *pauseText) add(word string, kinds []string) {
	for _, name := range splitList(word) {
		switch kind := strings.TrimPrefix(name, "/"); {
		case kind == "all":
			p.kinds = append(p.kinds, "")
		case slices.Contains(kinds, kind) && !slices.Contains(p.kinds, kind):
			p.kinds = append(p.kinds, kind)
		case !slices.Contains(kinds, kind):
			p.others = append(p.others, name)
		}
	}
}

const (
	listMarks  = ",;:+&，；：、"
	quoteMarks = `"“”„`
)

// splitList are the names in a word: one, which may have quotes around it, or several with marks
// between them.
func splitList(word string) []string {
	if first, last := strings.TrimLeft(word, quoteMarks), strings.TrimRight(word, quoteMarks); first != word && last != word {
		word = strings.Trim(word, quoteMarks)
	}
	return strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return strings.ContainsRune(listMarks, r) })
}

func endsInListMark(word string) bool {
	last, _ := utf8.DecodeLastRuneInString(word)
	return strings.ContainsRune(listMarks, last)
}

func isListWord(word string) bool {
	return strings.EqualFold(word, "and") || strings.Trim(word, listMarks) == ""
}

// nearestKind is the kind that a word may be a misspelling of, empty for none.
func nearestKind(word string, kinds []string) string {
	word = strings.Trim(word, listMarks+quoteMarks+".!")
	i := slices.IndexFunc(kinds, func(kind string) bool { return syntax.IsMisspelling(word, kind) && syntax.IsMisspelling(kind, word) })
	if i < 0 {
		return ""
	}
	return kinds[i]
}

// namesNoKind reports whether only what cannot be paused by itself was named. Taken for the reason
// of a pause of everything, it would pause too much.
func (p pauseText) namesNoKind() bool { return !p.isNamed && len(p.others) > 0 }

// isAllByDefault reports whether it is about all requests since nothing was named.
func (p pauseText) isAllByDefault() bool { return !p.isNamed && len(p.others) == 0 }

// meansResume reports whether a reason rather says that a pause is to end, such as "off" or "stop
// newroom".
func (env *Env) meansResume(reason string) bool {
	words := strings.Fields(reason)
	if len(words) == 0 || slices.ContainsFunc(words[1:], func(word string) bool { return !env.arePausable(word) }) {
		return false
	}
	first := strings.ToLower(strings.Trim(words[0], listMarks+quoteMarks+".!"))
	return slices.Contains([]string{"off", "cancel", "stop", "end", "ended", "over", "no", "continue", "release", "unpause", "aus"}, first)
}

// tellPaused says what is paused, and what was taken for the reason.
func (p pauseText) tellPaused() string {
	text := "⏸ Paused: " + describeKinds(p.kinds) + ". " + p.describeFate() +
		choose(p.drop, " are refused until /resume.", " are kept, and go on after /resume.")
	if first, _, _ := strings.Cut(p.reason, " "); p.meant != "" && !strings.EqualFold(first, p.meant) {
		text += " I know no command “" + syntax.Truncate(first, maxEcho) + "” and took it for the reason."
	}
	if p.reason != "" {
		text += " The reason that people read: “" + p.reason + "”."
	}
	if p.meant != "" {
		text += " To pause only " + describeKind(p.meant) + ": /resume all, then /pause " + p.meant + "."
	}
	if len(p.others) > 0 {
		text += " Not paused, since it cannot be by itself: " + syntax.JoinWords(p.others, "and") + "."
	}
	return text + " What has begun to change something in Symphony is finished."
}

// tellResumed says what has ended, and what is paused still.
func (p pauseText) tellResumed(done Resumed) string {
	if len(done.Ended)+len(done.Left) == 0 {
		return "Nothing was paused."
	}
	text := "▶ Resumed: " + describeKinds(done.Ended) + "."
	isStillStopped := func(left PauseInForce) bool { return slices.ContainsFunc(p.kinds, left.stops) }
	switch {
	case len(done.Ended) == 0:
		text = "There is no pause of " + describeKinds(p.kinds) + " alone."
	case done.Freed > 0:
		text += " " + countNoun(done.Freed, "held request goes", "held requests go") + " on."
	case !slices.ContainsFunc(done.Left, isStillStopped):
		text += " Nothing was held."
	}
	for _, left := range done.Left {
		text += " Still paused: " + left.String() + " /resume " + orText(left.Kind, "all") + " ends that."
	}
	return text
}

func describeKinds(all []string) string {
	if slices.Contains(all, "") {
		return describeKind("")
	}
	var kinds []string
	for _, kind := range all {
		kinds = append(kinds, describeKind(kind))
	}
	return syntax.JoinWords(kinds, "and")
}

func (p pauseText) describeFate() string {
	if len(p.kinds) > 1 {
		return "Requests for them"
	}
	return describeFate(p.kinds[0])
}

// KindUndo is the kind of clicks on Undo. Other requests have the name of their command.
const KindUndo = "undo"

func describeKind(kind string) string {
	switch kind {
	case "":
		return "everything that changes something"
	case KindUndo:
		return "clicks on Undo"
	}
	return "/" + kind
}

// describeFate is whose fate a pause of a kind decides, as a sentence about it begins.
func describeFate(kind string) string {
	switch kind {
	case "":
		return "Requests"
	case KindUndo:
		return "Clicks"
	}
	return "Requests for it"
}
