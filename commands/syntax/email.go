package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// parseEmail reads a word that is an e-mail address, also in brackets, as a link or with the
// punctuation of a sentence.
func parseEmail(word string) (string, bool) {
	word = strings.TrimLeft(word, "<([")
	if len(word) > 7 && strings.EqualFold(word[:7], "mailto:") {
		word = word[7:]
	}
	word = trimPunctuation(word)
	if len(word) > 254 || strings.Count(word, "@") != 1 {
		return "", false
	}
	local, domain, _ := strings.Cut(word, "@")
	return word, isMailbox(local) && isHost(domain)
}

func isMailbox(local string) bool {
	return local != "" && strings.IndexFunc(local, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._%+-'&", r)
	}) < 0
}

func isHost(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		bad := strings.IndexFunc(label, func(r rune) bool {
			return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		})
		if label == "" || bad >= 0 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
	}
	last := []rune(labels[len(labels)-1])
	return len(labels) > 1 && len(last) > 1 && unicode.IsLetter(last[0])
}

// parseUsername reads a word that is "@" and a username.
func parseUsername(word string) (string, bool) {
	word = strings.TrimLeft(word, "<([")
	r, size := utf8.DecodeRuneInString(word)
	if !isAtSign(r) {
		return "", false
	}
	name := trimPunctuation(word[size:])
	return name, name != "" && len(name) <= 254 && strings.IndexFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune("._-+@'’", r)
	}) < 0
}

func trimPunctuation(word string) string { return strings.TrimRight(word, ".:!?…。！？>)]'’") }

// IsEmail reports whether a word is an e-mail address.
func IsEmail(word string) bool {
	_, ok := parseEmail(word)
	return ok
}
