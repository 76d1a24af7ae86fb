package syntax

import (
	"regexp"
	"strings"
	"unicode"
)

// Talk is what somebody says to the bot that is neither a command nor a question about one.
type Talk string

// The kinds of talk.
const (
	// SmallTalk is a greeting, a question, or any other text.
	SmallTalk Talk = "small-talk"
	// Thanks is a word of thanks and nothing else.
	Thanks Talk = "thanks"
)

// thanksWords are the words that thank, and wordsBesideThanks those that may stand beside them
// without asking for anything.
var (
	thanksWords = wordSet("thanks thank thx ty tx cheers danke dankeschön dankesehr merci gracias arigato arigatou arigatō appreciated")
	// English, German, French, Spanish.
	wordsBesideThanks = wordSet("you u so very much a lot many again for your the this help it all that's great perfect super ok okay good fine nice cool and " +
		"vielen vielmals besten schönen lieben herzlichen dank dir ihnen euch sehr schön für die das deine hilfe alles klar gut prima " +
		"beaucoup bien mille à toi vous pour ton votre aide parfait " +
		"muchas muchísimas mil por tu la ayuda perfecto vale gozaimasu")
	// In Japanese no blanks stand between words.
	thanksInJapanese = regexp.MustCompile(`^(どうも|本当に|誠に|助かりました|了解です)*(ありがとう|有り?難う|どうも|サンキュー)(ございます|ございました|です|ね)*$`)
)

// beforeDank are the words after which "Dank" thanks.
var beforeDank = wordSet("vielen besten schönen lieben herzlichen")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// readSmallTalk tells thanks from all other talk. Mentions do not count.
func (r *messageReader) readSmallTalk() Talk {
	var text strings.Builder
	for i := r.pos; i < r.end; i++ {
		switch c := r.src[i]; {
		case r.mentionAt(i) != nil, unicode.IsPunct(c) && c != '\'' && c != '’', unicode.IsSymbol(c), isInvisible(c):
			text.WriteRune(' ')
		case c == '’':
			text.WriteRune('\'')
		default:
			text.WriteRune(unicode.ToLower(c))
		}
	}
	if isThanks(strings.Fields(text.String())) {
		return Thanks
	}
	return SmallTalk
}

// isThanks reports whether words thank and say nothing else.
func isThanks(words []string) bool {
	if thanksInJapanese.MatchString(strings.Join(words, "")) {
		return true
	}
	thanks := false
	for i, w := range words {
		switch {
		case thanksWords[w], w == "dank" && i > 0 && beforeDank[words[i-1]]:
			thanks = true
		case !wordsBesideThanks[w]:
			return false
		}
	}
	return thanks
}
