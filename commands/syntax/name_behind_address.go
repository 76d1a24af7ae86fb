package syntax

import "strings"

// skipNameBehindAddress returns the index after the name in brackets of the person whose address
// stands right before, as mail programs write it: carol@acme.com (Carol O'Neil). The address
// counts.
func (a *argumentParser) skipNameBehindAddress() int {
	if a.i == 0 || a.tokens[a.i-1].kind != email || a.tokens[a.i].afterComma || !strings.HasPrefix(a.tokens[a.i].text, "(") {
		return a.i
	}
	address := a.tokens[a.i-1].text
	for n := a.i; n < len(a.tokens) && n < a.i+maxNameWords && a.tokens[n].kind == word; n++ {
		if !strings.HasSuffix(a.tokens[n].text, ")") {
			continue
		}
		name := strings.Trim(string(a.src[a.tokens[a.i].start:a.tokens[n].end]), "()")
		for _, w := range splitWords(name) {
			if matchAddress(w, address) != noMatch {
				return n + 1
			}
		}
		return a.i
	}
	return a.i
}
