package syntax

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// phrases are words around a command that say nothing about it, in English, German, French, Spanish
// and Japanese, in the form of foldPhrase. They are passed over only where no unquoted name stands.
type phrases map[string]bool

// maxPhrase is how many words a phrase has at most.
const maxPhrase = 4

func newPhrases(lines ...string) phrases {
	all := phrases{}
	for _, line := range lines {
		for p := range strings.SplitSeq(line, ",") {
			all[foldPhrase(p)] = true
		}
	}
	return all
}

// foldPhrase is the form in which phrases are compared.
func foldPhrase(text string) string {
	text = strings.ReplaceAll(norm.NFC.String(text), "’", "'")
	return foldKey(trimPunctuation(strings.Join(strings.Fields(text), " ")))
}

// courtesies may stand before a command, and between and after its arguments.
var courtesies = newPhrases(
	"please, pls, plz, kindly, thanks, thank you, thank you very much, thanks a lot, many thanks, thx, ty, cheers, asap",
	"thx a lot, many thx, thx so much, thanks so much, thank you so much, thanks very much, thanks in advance, thx in advance, thank you in advance",
	"bitte, bitte schön, danke, danke schön, vielen dank, besten dank, merci, merci beaucoup, merci d'avance",
	"s'il te plaît, s'il te plait, s'il vous plaît, s'il vous plait, stp, svp",
	"por favor, porfa, gracias, muchas gracias",
	"お願いします, お願い, お願いいたします, お願い致します, よろしく, よろしくお願いします, よろしくお願いいたします, よろしくお願い致します, "+
		"宜しくお願いします, 宜しくお願いいたします, 宜しくお願い致します, すみません, ありがとう, ありがとうございます, ください, 下さい, を追加してください",
)

// openings may stand before a command.
var openings = newPhrases(
	"hi, hello, hey, hi there, good morning, good afternoon, ok, okay",
	"can you, could you, would you, will you, can you run, could you run, i need, i want",
	"hallo, guten morgen, guten tag, kannst du, könntest du, können sie, könnten sie, kannst du mal, ich brauche",
	"bonjour, salut, peux tu, peux-tu, tu peux, pouvez vous, pouvez-vous, pourrais tu, pourrais-tu, pourriez-vous, pourriez vous",
	"こんにちは, おはようございます, お疲れ様です, お疲れさまです, お世話になっております",
	"hola, buenos días, buenos dias, puedes, puede, podrías, podrias, podría, podria",
)

// namings may stand between a command and the quoted name.
var namings = newPhrases(
	"called, named, titled, name, for, with the name, with name, a room, a room called, a room named, room, room called, room named",
	"namens, genannt, mit dem namen, mit namen, für, einen raum, raum, heißt",
	"appelé, appelée, nommé, nommée, intitulé, intitulée, du nom de, pour, une salle",
	"llamado, llamada, con el nombre, titulado, titulada, para, una sala",
)

// invitings may stand between a quoted name and people.
var invitings = newPhrases(
	"for, add, adding, invite, inviting, include, including",
	"für, füge, mit dabei, dabei, pour, ajoute, ajoutez, invite, invitez, para, añade, invita, incluye",
)

// skipPhrases returns the index after the phrases that begin at token i.
func (a *argumentParser) skipPhrases(i int, sets ...phrases) int {
	for {
		n := a.phraseEnd(i, sets)
		if n == i {
			return i
		}
		i = n
	}
}

// phraseEnd returns the index after the longest phrase at token i, or i.
func (a *argumentParser) phraseEnd(i int, sets []phrases) int {
	text, found := "", i
	for n := i; n < len(a.tokens) && n < i+maxPhrase && a.tokens[n].kind == word; n++ {
		if n > i && a.tokens[n].afterComma {
			break
		}
		text = strings.TrimSpace(text + " " + a.tokens[n].text)
		if isPhrase(text, sets) {
			found = n + 1
		}
	}
	return found
}

func isPhrase(text string, sets []phrases) bool {
	text = foldPhrase(text)
	for _, set := range sets {
		if set[text] {
			return true
		}
	}
	return false
}

// skipOpenings passes the phrases before a command, and reports whether a command follows them.
func (r *messageReader) skipOpenings() bool {
	sets, pos := []phrases{courtesies, openings}, r.pos
	for {
		for pos < r.end && (isBlank(r.src[pos]) || isListSeparator(r.src[pos]) || isColon(r.src[pos]) || r.src[pos] == '`') && r.mentionAt(pos) == nil {
			pos++
		}
		if r.isBotAt(pos) {
			pos = r.mentionAt(pos).End
			continue
		}
		next, text := pos, ""
		for i, words := pos, 0; words < maxPhrase; words++ {
			end := r.plainWordEnd(i)
			if end == i {
				break
			}
			text += " " + string(r.src[i:end])
			if isPhrase(text, sets) {
				next = end
			}
			for i = end; i < r.end && isBlank(r.src[i]); i++ {
			}
		}
		if next == pos {
			break
		}
		pos = next
	}
	if pos == r.pos || pos >= r.end || r.mentionAt(pos) != nil || !r.startsCommand(pos) {
		return false
	}
	r.pos = pos
	return true
}

// startsCommand reports whether a command stands at pos, with or without its slash.
func (r *messageReader) startsCommand(pos int) bool {
	if isSlash(r.src[pos]) {
		return r.nameEnd(pos+1) > pos+1
	}
	c, ok := r.grammar.Lookup(string(r.src[pos:r.nameEnd(pos)]))
	if ok {
		return c.Args == ArgsRoom || c.Args == ArgsPeople
	}
	_, _, ok = r.findSaid(pos)
	return ok
}

// plainWordEnd is where the word at i ends, which is at most maxEcho characters long.
func (r *messageReader) plainWordEnd(i int) int {
	start := i
	for i < r.end && i < start+maxEcho && !isBlank(r.src[i]) && !isListSeparator(r.src[i]) && !isSlash(r.src[i]) && r.mentionAt(i) == nil {
		i++
	}
	return i
}
