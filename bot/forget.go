package bot

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"

	"roombot/bot/engine"
)

// JobsConcerning chooses the jobs that a person asked for or is named in. The person is given by
// user id, username or e-mail address; where a job tells the others, they count too.
func JobsConcerning(person string) func(all map[string]engine.Said) (ids []string) {
	return func(all map[string]engine.Said) (ids []string) {
		texts := map[string][]string{}
		aliases := map[string]bool{strings.ToLower(person): true}
		for range 2 { // a second time with what the first has found
			for id, said := range all {
				texts[id] = nil
				for _, stored := range append(said.Results, said.Payload) {
					texts[id] = append(texts[id], collectTexts(stored, aliases)...)
				}
			}
		}
		for _, id := range slices.Sorted(maps.Keys(texts)) {
			if slices.ContainsFunc(texts[id], func(text string) bool { return namesAny(text, aliases) }) {
				ids = append(ids, id)
			}
		}
		return ids
	}
}

// collectTexts are all texts and numbers in a JSON value, in lower case. It adds the names of a
// person of whom one is among the aliases.
func collectTexts(stored json.RawMessage, aliases map[string]bool) (texts []string) {
	decoder := json.NewDecoder(bytes.NewReader(stored))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return []string{strings.ToLower(string(stored))}
	}
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case string:
			texts = append(texts, strings.ToLower(value))
		case json.Number:
			texts = append(texts, value.String())
		case []any:
			for _, inner := range value {
				walk(inner)
			}
		case map[string]any:
			addAliases(value, aliases)
			for key, inner := range value {
				walk(key)
				walk(inner)
			}
		}
	}
	walk(value)
	return texts
}

// addAliases adds the id, username and e-mail address of an object that is the person.
func addAliases(object map[string]any, aliases map[string]bool) {
	var own []string
	for _, key := range []string{"id", "username", "email"} {
		var text string
		switch value := object[key].(type) {
		case string:
			text = strings.ToLower(value)
		case json.Number:
			text = value.String()
		}
		if text != "" && text != "0" {
			own = append(own, text)
		}
	}
	if slices.ContainsFunc(own, func(text string) bool { return aliases[text] }) {
		for _, text := range own {
			aliases[text] = true
		}
	}
}

// namesAny reports whether one of the aliases stands in the text as a word of its own.
func namesAny(text string, aliases map[string]bool) bool {
	for alias := range aliases {
		for rest := text; ; {
			i := strings.Index(rest, alias)
			if i < 0 {
				break
			}
			if !endsInWord(rest[:i]) && !beginsWithWord(rest[i+len(alias):]) {
				return true
			}
			rest = rest[i+1:]
		}
	}
	return false
}

func endsInWord(text string) bool {
	last := []rune(text[max(0, len(text)-4):])
	return len(last) > 0 && isWordRune(last[len(last)-1])
}

func beginsWithWord(text string) bool {
	for _, first := range text {
		return isWordRune(first)
	}
	return false
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
