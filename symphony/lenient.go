package symphony

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// lenientInt reads an int64 from a JSON number, a string of digits, or null (0). It never passes
// through float64, which does not hold every user id exactly.
func lenientInt(b []byte) (int64, error) {
	s := strings.Trim(string(bytes.TrimSpace(b)), `"`)
	if s == "" || s == "null" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("a value of %d bytes is not a whole number", len(s)) // which is logged, and the value may be a text
	}
	return n, nil
}

// wholeNumber accepts a number or its digits as text: some recorded answers quote counts.
type wholeNumber int64

func (n *wholeNumber) UnmarshalJSON(b []byte) error {
	read, err := lenientInt(b)
	*n = wholeNumber(read)
	return err
}

// toInt64s is the numbers of a list, nil for an empty one.
func toInt64s(numbers []wholeNumber) []int64 {
	var all []int64
	for _, n := range numbers {
		all = append(all, int64(n))
	}
	return all
}

// lenientBool accepts true, "true" and their opposites: some agents quote `silent`, and some
// recorded answers other flags. Null and the empty text are false.
type lenientBool bool

func (l *lenientBool) UnmarshalJSON(b []byte) error {
	switch text := strings.Trim(string(b), `"`); strings.ToLower(text) {
	case "true":
		*l = true
	case "false", "null", "":
		*l = false
	default:
		return fmt.Errorf("a value of %d bytes is neither true nor false", len(text))
	}
	return nil
}

// lenientText accepts a string or any other JSON value as its text: error codes are numbers on the
// pod and strings on the profile manager.
type lenientText string

func (l *lenientText) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) != nil {
		s = string(b)
	}
	if string(b) == "null" {
		s = ""
	}
	*l = lenientText(s)
	return nil
}

// millis is a time on the wire: milliseconds since 1970, 0 or absent for none.
type millis int64

func (m *millis) UnmarshalJSON(b []byte) error {
	n, err := lenientInt(b)
	*m = millis(n)
	return err
}

// lastMilli is the end of the year 9999. JSON has no later times, nor ones before the year 0.
const lastMilli = 253_402_300_799_999

// time is the zero time also where no clock can have been right: a message with such a time could
// not be stored, and would keep those that came with it from being stored.
func (m millis) time() time.Time {
	if m <= 0 || m > lastMilli {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}

func toMillis(t time.Time) millis {
	if t.IsZero() {
		return 0
	}
	return millis(t.UnixMilli())
}

// clipText makes foreign text fit for an error or a log line: one line, at most n bytes.
func clipText(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if len(s) > n {
		s = strings.ToValidUTF8(s[:n], "") + "…"
	}
	return strings.TrimSpace(s)
}
