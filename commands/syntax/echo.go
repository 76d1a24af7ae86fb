package syntax

import "strings"

// JoinWords lists words as a sentence does, with the conjunction before the last: a, b and c.
func JoinWords(words []string, conjunction string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}

// Truncate cuts a text to so many characters, the last of which is then an ellipsis.
func Truncate(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// maxEcho is how many code points of what was typed a message repeats.
const maxEcho = 40

// echo is a text as a message repeats it: on one line, not too long, nothing invisible.
func echo(text string) string {
	runes := []rune(text)
	if len(runes) > 4*maxEcho {
		runes = runes[:4*maxEcho]
	}
	name, _ := CleanName(string(runes))
	return Truncate(name, maxEcho)
}

// echoSource is the source from start to end, as a message repeats it.
func (r *messageReader) echoSource(start, end int) string {
	return echo(string(r.src[start:min(end, start+4*maxEcho)]))
}
