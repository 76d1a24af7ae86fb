package syntax

import (
	"slices"
	"strings"
)

// ownerships may stand after a person who is to be an owner.
var ownerships = newPhrases(
	"as owner, as an owner, as the owner, is owner, owner, as admin, as an admin, as co-owner, as host",
	"als besitzer, als besitzerin, als eigentümer, als eigentümerin, als admin",
	"comme propriétaire, propriétaire, comme admin, como propietario, como propietaria, como admin",
)

// ownerEdits are the edits that make an owner of the person right before words such as "as owner",
// which end at token end.
func (a *argumentParser) ownerEdits(end int) []edit {
	n := slices.IndexFunc(a.cmd.Options, func(o CommandOption) bool { return o.Kind == Owners })
	if n < 0 || a.i == 0 || a.listEnd == a.i || a.tokens[a.i].afterComma || end == a.i {
		return nil
	}
	person, stop := a.tokens[a.i-1], a.ownershipEnd()
	if !person.isPerson() || person.adjacent || a.i > 1 && a.tokens[a.i-2].kind == displayName ||
		stop == a.i || a.skipPhrases(stop, courtesies) < end {
		return nil
	}
	return []edit{{person.start, person.start, a.cmd.Options[n].Key + ":"}, {person.end, a.tokens[stop-1].end, ""}}
}

// ownershipEnd returns the index after words here such as "as owner", which may stand in brackets.
func (a *argumentParser) ownershipEnd() int {
	found := a.i
	for n := a.i; n < len(a.tokens) && n < a.i+maxPhrase && a.tokens[n].kind == word; n++ {
		text := strings.TrimLeft(string(a.src[a.tokens[a.i].start:a.tokens[n].end]), "([")
		if isPhrase(text, []phrases{ownerships}) {
			found = n + 1
		}
	}
	return found
}

// boundOwnerEdits are the edits that make an owner of a username with such words right behind it in
// brackets: @alice(owner).
func (a *argumentParser) boundOwnerEdits() []edit {
	n := slices.IndexFunc(a.cmd.Options, func(o CommandOption) bool { return o.Kind == Owners })
	t := a.tokens[a.i]
	name, role, ok := strings.Cut(t.text, "(")
	if _, isUsername := parseUsername(name); n < 0 || !ok || !isUsername || t.kind != word || !isPhrase(role, []phrases{ownerships}) {
		return nil
	}
	return []edit{{t.start, t.start, a.cmd.Options[n].Key + ":"}, {t.start + len([]rune(name)), t.end, ""}}
}
