package bot

import (
	"bytes"
	"encoding/json"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"roombot/bot/engine"
)

// JobsConcerning chooses the jobs that a person asked for or is named in. The person is given by
// any of user id, username and e-mail address; where a job tells the others, they count too.
func JobsConcerning(names ...string) func(all map[string]engine.Said) (ids []string) {
	return func(all map[string]engine.Said) (ids []string) {
		p := person{}
		for _, name := range names {
			p.add(strings.TrimSpace(name))
		}
		var found map[string]bool
		for range 2 { // a second time with what the first has found
			found = map[string]bool{}
			for id, said := range all {
				for _, stored := range append(said.Results, said.Payload) {
					if p.isNamedIn(stored) {
						found[id] = true
					}
				}
			}
		}
		return slices.Sorted(maps.Keys(found))
	}
}

// person is the set of the ids, usernames and addresses of somebody, in lower case.
type person map[string]bool

func (p person) add(name string) {
	if name != "" && name != "0" {
		p[strings.ToLower(name)] = true
	}
}

// isNamedIn reports whether a stored value names the person. It learns their other names from it.
func (p person) isNamedIn(stored json.RawMessage) bool {
	value, ok := decodeStored(string(stored))
	if !ok {
		text := strings.ToLower(strings.TrimSpace(string(stored)))
		return p[text] || p.isNamedInText(text)
	}
	return p.isIn("", value)
}

func decodeStored(text string) (value any, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	return value, decoder.Decode(&value) == nil
}

// Keys of stored values, in lower case.
var (
	// names of rooms, people's display names, conditions of rules
	titleKeys = []string{"name", "roomname", "what"}
	// numbers that are no ids
	countKeys = []string{"journal", "start", "end", "behind", "ago", "n", "line", "grant"}
	// a plain text is somebody's name
	whoKeys = []string{"username", "email", "people", "owners"}
)

// isIn reports whether the value under a key names the person. It visits all of it, to learn their
// other names.
func (p person) isIn(key string, value any) (found bool) {
	switch value := value.(type) {
	case string:
		return p.isInString(key, value)
	case json.Number:
		return p[value.String()] && !slices.Contains(countKeys, key)
	case []any:
		for _, inner := range value {
			found = p.isIn(key, inner) || found
		}
	case map[string]any:
		p.learn(value)
		for key, inner := range value {
			found = p.isIn(strings.ToLower(key), inner) || isNumeric(key) && p[key] || found
		}
	}
	return found
}

func (p person) isInString(key, text string) bool {
	if slices.Contains(titleKeys, key) {
		return false
	}
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") { // the entities of a message
		if inner, ok := decodeStored(text); ok {
			return p.isIn(key, inner)
		}
	}
	text = strings.ToLower(text)
	if p[text] && (isNumeric(text) || slices.Contains(whoKeys, key)) {
		return true
	}
	return p.isNamedInText(text)
}

// learn adds the id, username and e-mail address of an object that is the person.
func (p person) learn(object map[string]any) {
	var own []string
	for key, value := range object {
		if !slices.Contains([]string{"id", "username", "email"}, strings.ToLower(key)) {
			continue
		}
		switch value := value.(type) {
		case string:
			own = append(own, value)
		case json.Number:
			own = append(own, value.String())
		}
	}
	if slices.ContainsFunc(own, func(name string) bool { return p[strings.ToLower(name)] }) {
		for _, name := range own {
			p.add(name)
		}
	}
}

var (
	mentionID   = regexp.MustCompile(`<mention\s[^>]*?uid="(\d+)"`)
	mentionText = regexp.MustCompile(`<span[^>]*class="entity"[^>]*>[^<]*</span>`) // any display name
	markupTag   = regexp.MustCompile(`<[^>]*>`)
	quotedWho   = regexp.MustCompile(`\b(user|owner|people|members|with|invite):\s*["“”]([^"“”]*)["“”]`)
	listedWho   = regexp.MustCompile(`(?:\b(?:user|owner|people|members|with|invite)\s*[:=：＝]|[-–—](?:user|owner|people|members|with|invite)\b)` +
		`\s*[\p{L}\p{N}._'@-]+(?:(?:\s*[,;&+]\s*|\s+(?:and|plus|und|et|y|with|mit|avec|con)\s+)[\p{L}\p{N}._'@-]+)*`)
	quotedTitle = regexp.MustCompile(`["“”][^"“”]*["“”]`)
)

// isNamedInText reports whether a text in lower case, with or without markup, mentions the person,
// or has their address, their @username or in a list of people their username. Titles in quotes do
// not count.
func (p person) isNamedInText(text string) bool {
	for _, id := range mentionID.FindAllStringSubmatch(text, -1) {
		if p[id[1]] {
			return true
		}
	}
	text = markupTag.ReplaceAllString(mentionText.ReplaceAllString(text, " "), " ")
	text = quotedWho.ReplaceAllString(html.UnescapeString(text), "$1:$2")
	text = quotedTitle.ReplaceAllString(text, " ")
	listed := strings.Join(listedWho.FindAllString(text, -1), "\n")
	for name := range p {
		if strings.Contains(name, "@") && hasWord(text, name) || hasWord(text, "@"+name) || hasWord(listed, name) {
			return true
		}
	}
	return false
}

// hasWord reports whether the word stands in the text and is not a part of a longer one.
func hasWord(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		begin, end := from+i, from+i+len(word)
		last, _ := utf8.DecodeLastRuneInString(text[:begin])
		after := strings.TrimLeft(text[end:], ".") // a full stop ends a sentence, or goes on with a name
		next, _ := utf8.DecodeRuneInString(after)
		if !isNameRune(last) && last != '.' && !isNameRune(next) {
			return true
		}
		from = begin + 1
	}
}

func isNameRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-+@", r))
}

func isNumeric(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
