package control

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// A person writes with this client, whose composer takes so many characters.
const (
	clientAgent = "DESKTOP-65.0.0-0-Sandbox"
	maxTyped    = 30_000
)

// compose makes of a composer's text what Symphony's desktop client sends: one paragraph with line
// breaks, mentions as entities numbered from 0 whose data names the user. Without explicit
// mentions, @username and @Display Name are mentions.
func compose(w *world.World, text string, mentions []client.Mention) (world.Draft, error) {
	runes := []rune(cleanText(text))
	if len(runes) > maxTyped {
		return world.Draft{}, rest.BadRequest("A message must not be longer than %d characters", maxTyped)
	}
	if len(mentions) == 0 {
		mentions = findMentions(w, runes)
	}
	if err := checkMentions(w, runes, mentions); err != nil {
		return world.Draft{}, err
	}
	var out strings.Builder
	entities, at := map[string]any{}, 0
	out.WriteString(`<div data-format="PresentationML" data-version="2.0" class="wysiwyg"><p>`)
	for i, mention := range mentions {
		id := strconv.Itoa(i)
		out.WriteString(escapeText(string(runes[at:mention.Start])))
		fmt.Fprintf(&out, `<span class="entity" data-entity-id="%s">%s</span>`, id, escapeText(mentionText(w, runes, mention)))
		entities[id] = map[string]any{
			"id":   []map[string]string{{"type": "com.symphony.user.userId", "value": strconv.FormatInt(mention.UserID, 10)}},
			"type": "com.symphony.user.mention",
		}
		at = mention.End
	}
	out.WriteString(escapeText(string(runes[at:])) + "</p></div>")
	return world.Draft{Markup: out.String(), Data: string(rest.Marshal(entities)), Agent: clientAgent}, nil
}

// mentionText is the display name, as clients write it; whatever else an explicit mention spans is
// kept.
func mentionText(w *world.World, runes []rune, mention client.Mention) string {
	typed := string(runes[mention.Start:mention.End])
	who := w.Person(mention.UserID)
	if strings.EqualFold(typed, "@"+who.Username) || strings.EqualFold(typed, "@"+who.Display) {
		return "@" + who.Display
	}
	return typed
}

func checkMentions(w *world.World, runes []rune, mentions []client.Mention) error {
	at := 0
	for _, mention := range mentions {
		if mention.Start < at || mention.End <= mention.Start || mention.End > len(runes) {
			return rest.BadRequest("mentions: must be in order, not overlap, and lie within the text (positions are code points)")
		}
		if w.Person(mention.UserID) == nil {
			return rest.BadRequest("mentions: there is no user %d", mention.UserID)
		}
		at = mention.End
	}
	return nil
}

// findMentions finds @username and @Display Name. An @ within a word is an e-mail address.
func findMentions(w *world.World, runes []rune) []client.Mention {
	var mentions []client.Mention
	end := 0 // of the last mention
	for i := 0; i < len(runes); i++ {
		if runes[i] != '@' || (i > end && isWordRune(runes[i-1])) {
			continue
		}
		if who, length := longestName(w, runes[i+1:]); who != nil {
			end = i + 1 + length
			mentions = append(mentions, client.Mention{Start: i, End: end, UserID: who.ID})
			i = end - 1
		}
	}
	return mentions
}

// maxName is the longest name that is looked for, in code points.
const maxName = 100

// longestName finds the person whose name the text begins with, and how many code points it has.
func longestName(w *world.World, text []rune) (found *world.Person, length int) {
	for n := min(len(text), maxName); n > 0; n-- {
		if !isNameEnd(text[n:]) {
			continue
		}
		if who := w.PersonCalled(string(text[:n])); who != nil {
			return who, n
		}
	}
	return nil, 0
}

// isNameEnd reports whether a name ends before this text: "@bob." does, "@bobby" and "@bob.smith"
// do not.
func isNameEnd(rest []rune) bool {
	if len(rest) == 0 {
		return true
	}
	if slices.Contains([]rune{'.', '-', '_'}, rest[0]) {
		return len(rest) == 1 || !isWordRune(rest[1])
	}
	return !isWordRune(rest[0])
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// cleanText drops what XML cannot hold.
func cleanText(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if (r < 0x20 && r != '\n' && r != '\t') || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, text)
}

// textEscapes are names and numbers that XML itself knows: kits read messages with a plain XML
// parser.
var textEscapes = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;", "\n", "<br/>",
)

func escapeText(text string) string { return textEscapes.Replace(text) }
