package engine

import (
	"errors"
	"fmt"
	"time"

	"roombot/bot/audit"
)

// OddEntryError says that a column of an entry has another type than it is written with, which an
// SQLite file allows: the bot has not written that.
type OddEntryError struct {
	Seq           int64 // 0 where it is not in the chain yet
	Request, Part string
}

func (e *OddEntryError) Error() string {
	const form = "is stored in another form than entries are written in"
	if e.Seq == 0 {
		return fmt.Sprintf("an entry that is not in the chain yet (request %s, part %s) %s", e.Request, e.Part, form)
	}
	return fmt.Sprintf("entry %d %s", e.Seq, form)
}

// readEntry is an entry, or what can be read of an odd one.
type readEntry struct {
	StoredEntry
	odd *OddEntryError
}

// readAnyEntry reads an entry, and of an odd one what readOddEntry reads.
func readAnyEntry(read scan, linked bool) (e readEntry, err error) {
	e.StoredEntry, err = readStoredEntry(read, linked)
	if odd, isOdd := errors.AsType[*OddEntryError](err); isOdd {
		e.odd, err = odd, nil
	}
	return e, err
}

// readOddEntry reads the number and the hashes of an entry whose other columns have other types
// than they are written with. Cause is the error of reading them.
func readOddEntry(read scan, linked bool, columns int, cause error) (s StoredEntry, err error) {
	values, into := make([]any, columns), make([]any, columns)
	for n := range values {
		into[n] = &values[n]
	}
	if read(into...) != nil {
		return StoredEntry{}, cause
	}
	if linked {
		seq, isNumber := values[0].(int64)
		if !isNumber {
			return StoredEntry{}, cause
		}
		s.Seq, s.Prev, s.Hash = seq, hashIn(values[1]), hashIn(values[2])
		values = values[3:]
	}
	return s, &OddEntryError{s.Seq, textIn(values[2]), textIn(values[3])}
}

func hashIn(value any) audit.Hash {
	stored, _ := value.([]byte) // zero for other types
	return audit.HashOf(stored)
}

// textIn is what stands where a text belongs.
func textIn(value any) string {
	switch value := value.(type) {
	case []byte:
		return string(value)
	case time.Time:
		return value.UTC().Format(time.RFC3339)
	}
	return fmt.Sprint(value)
}
