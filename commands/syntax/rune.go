package syntax

import (
	"strings"
	"unicode"
)

// visibleFormat are format characters that show: they mark numbers and text in Arabic, Syriac and
// Kaithi.
var visibleFormat = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0600, Hi: 0x0605, Stride: 1},
		{Lo: 0x06dd, Hi: 0x070f, Stride: 0x070f - 0x06dd},
		{Lo: 0x0890, Hi: 0x0891, Stride: 1},
		{Lo: 0x08e2, Hi: 0x08e2, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0x110bd, Hi: 0x110cd, Stride: 0x10}},
}

// blankLetters show nothing although Unicode calls them letters, marks or symbols.
var blankLetters = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034f, Hi: 0x034f, Stride: 1},
		{Lo: 0x115f, Hi: 0x1160, Stride: 1},
		{Lo: 0x17b4, Hi: 0x17b5, Stride: 1},
		{Lo: 0x180b, Hi: 0x180f, Stride: 1},
		{Lo: 0x2800, Hi: 0x2800, Stride: 1},
		{Lo: 0x3164, Hi: 0x3164, Stride: 1},
		{Lo: 0xffa0, Hi: 0xffa0, Stride: 1},
		{Lo: 0xfff0, Hi: 0xfff8, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0xe0000, Hi: 0xe0fff, Stride: 1}},
}

// isInvisible reports whether a character takes part in no word: zero-width and direction marks,
// controls, and what XML cannot carry. Variation selectors are told apart by their neighbours in
// cleanText.
func isInvisible(r rune) bool {
	switch {
	case r >= 0x20 && r < 0x7f:
		return false
	case r == 0xfffe || r == 0xffff:
		return true
	case unicode.IsSpace(r):
		return false
	}
	return unicode.In(r, unicode.Cc, blankLetters) || unicode.Is(unicode.Cf, r) && !unicode.Is(visibleFormat, r)
}

// isBlank reports whether r separates words.
func isBlank(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) }

// isListSeparator reports whether r is a comma or semicolon that separates arguments.
func isListSeparator(r rune) bool {
	switch r {
	case ',', ';', '，', '；', '、':
		return true
	}
	return false
}

// isSemicolon reports whether r separates people and not the parts of one's name.
func isSemicolon(r rune) bool { return r == ';' || r == '；' }

// isComma reports whether r separates the values of one option.
func isComma(r rune) bool { return r == ',' || r == '，' || r == '、' }

func isSlash(r rune) bool { return r == '/' || r == '／' }

func isAtSign(r rune) bool { return r == '@' || r == '＠' }

// isColon reports whether r may stand between the key of an option and its value.
func isColon(r rune) bool {
	switch r {
	case ':', '=', '：', '＝':
		return true
	}
	return false
}

// isLongDash reports whether r is a dash that a phone makes of two hyphens.
func isLongDash(r rune) bool { return r == '—' || r == '–' }

// isKeyRune reports whether r may stand in the key of an option or the name of a command.
func isKeyRune(r rune) bool {
	return r == '-' || r == '_' || r == '＿' || r == '－' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// isSentenceEnd reports whether r ends a sentence and may follow a word directly.
func isSentenceEnd(r rune) bool {
	switch r {
	case '.', '!', '?', '…', '。', '！', '？':
		return true
	}
	return false
}

// toHalfWidth maps full-width forms to the characters they stand for.
func toHalfWidth(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return r
}

// foldKey is the form in which keys and names of commands are compared.
func foldKey(word string) string {
	return strings.Map(func(r rune) rune {
		switch r = toHalfWidth(r); r {
		case '-', '_':
			return -1
		}
		return unicode.ToLower(r)
	}, word)
}

// isDoubleQuote reports whether r is a quote that may open and close anywhere.
func isDoubleQuote(r rune) bool {
	switch r {
	case '"', '“', '”', '„', '«', '»', '‹', '›', '「', '」', '『', '』', '＂':
		return true
	}
	return false
}

// isSingleQuote reports whether r is a quote that opens only at the start of a token, because
// elsewhere it is an apostrophe.
func isSingleQuote(r rune) bool {
	switch r {
	case '\'', '‘', '‚', '＇':
		return true
	}
	return false
}

// isSingleClosingQuote reports whether r may close a single quote.
func isSingleClosingQuote(r rune) bool {
	switch r {
	case '\'', '’', '‘', '＇':
		return true
	}
	return false
}
