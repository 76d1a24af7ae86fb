package syntax

import "slices"

// helpWords ask for help where they are the only argument.
var helpWords = newPhrases("help, h, hilfe, aide, ayuda, ajuda, ヘルプ, 使い方, 助けて")

// askedWords are taken for a name only where they are quoted: who types one alone wants something
// else of the bot, or is polite.
var askedWords = newPhrases(
	"cancel, stop, undo, list, abort, quit, exit, delete, close, status",
	"abbrechen, abbruch, stopp, halt, rückgängig, liste, löschen, beenden",
	"annuler, annule, arrêter, arrête, arreter, lister, supprimer, quitter",
	"cancelar, cancela, parar, para, detener, deshacer, lista, listar, borrar, salir",
	"キャンセル, 中止, 停止, ストップ, 取消, 取り消し, 取消し, 元に戻す, リスト, 一覧, 削除, 終了, やめる",
)

// isHelpRequest reports whether the only argument asks for help: the word, "-h" or a question mark.
func isHelpRequest(tokens []token) bool {
	if len(tokens) != 1 {
		return false
	}
	t := tokens[0]
	switch {
	case t.kind == key:
		return t.hasDashes && helpWords[foldPhrase(t.text)]
	case t.kind != word:
		return false
	}
	return slices.Contains([]string{"?", "-?", "/?", "？"}, t.text) ||
		helpWords[foldPhrase(t.text)] && (len(t.text) > 1 || t.text[0] == '-')
}

// askedWordError asks about words that stand alone and are probably not meant as the room's name:
// one that wants something else of the bot, or a question.
func (r *messageReader) askedWordError(c Command, tokens []token) *parseError {
	isOther := func(t token) bool { return t.kind != word }
	if c.Args != ArgsRoom || len(tokens) == 0 || slices.ContainsFunc(tokens, isOther) {
		return nil
	}
	start, end := tokens[0].start, tokens[len(tokens)-1].end
	typed := string(r.src[start:end])
	name, _ := CleanName(typed)
	help := correction{label: showHelp, edits: []edit{{start, end, "help"}}}
	switch {
	case toHalfWidth(r.src[end-1]) == '?' && len([]rune(name)) <= MaxName:
		return &parseError{
			Error:    Error{Code: WordAlone, At: start, Name: name, Message: `Is the room to be called "` + echo(name) + `"? A question without quotes opens no room.`},
			readings: []correction{callRoom(name, edit{start, end, Quote(name)}), help},
		}
	case isFlagAlone(c, typed):
		return &parseError{
			Error: Error{Code: WordAlone, At: start, Message: `Is the room to be called "` + echo(name) + `"? An option alone opens no room.`},
			readings: []correction{
				{label: fillInForm, holds: func(r Result) bool { return r.Form != nil }, edits: []edit{{end, end, ":yes"}}},
				callRoom(name, edit{start, end, Quote(name)}),
			},
		}
	case startsWithOrder(tokens) && len([]rune(name)) <= MaxName:
		return &parseError{
			Error: Error{Code: WordAlone, At: start, Message: `Is the room to be called "` + echo(name) + `"? Without quotes, a text that begins with "` +
				tokens[0].text + `" opens no room.`},
			readings: []correction{callRoom(name, edit{start, end, Quote(name)}), help},
		}
	case len(tokens) > maxPhrase || !isPhrase(typed, []phrases{askedWords, courtesies}):
		return nil
	}
	name = trimPunctuation(name)
	return &parseError{
		Error:    Error{Code: WordAlone, At: start, Message: `Is the room to be called "` + name + `"? Without quotes this alone opens no room.`},
		readings: []correction{help, callRoom(name, edit{start, end, Quote(name)})},
	}
}

// orders are words that begin a request to do something with a room that is there.
var orders = newPhrases(
	"delete, undo, rename, remove, archive, cancel, lösche, umbenennen, entferne, supprime, supprimer, renomme, renommer, borra, borrar, renombra, elimina",
)

// startsWithOrder reports whether words begin with something to be done with a room that is there.
func startsWithOrder(tokens []token) bool {
	return len(tokens) > 1 && isPhrase(tokens[0].text, []phrases{orders}) && !isJoiner(tokens[1])
}

// isFlagAlone reports whether all that was typed is an option which is on or off.
func isFlagAlone(c Command, typed string) bool {
	o, ok := c.Option(typed)
	return ok && o.Kind == Flag
}
