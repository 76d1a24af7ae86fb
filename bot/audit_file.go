package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"roombot/bot/audit"
	"roombot/bot/engine"
)

// fileRetry is the pause before a file that could not be written is tried again.
const fileRetry = 10 * time.Second

// recordFile is the file for collectors: a line for each entry, in their order. What it has not got
// yet is written after a restart. It is opened anew for each write, so that it may be moved away.
type recordFile struct {
	path string
	last audit.Head // of the last entry in it
}

// openRecordFile finds the last entry of the file, and cuts a line that was not written to its end.
func openRecordFile(path string) (*recordFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("open the file of the audit record: %w", err)
	}
	r := &recordFile{path: path}
	line, err := cutLastLine(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read the file of the audit record: %w", err)
	}
	if len(line) > 0 {
		var last audit.Entry
		if err := json.Unmarshal(line, &last); err != nil || last.Seq == 0 {
			return nil, fmt.Errorf("the file of the audit record, %s, does not end with an entry: move it away", path)
		}
		r.last = last.Head()
	}
	return r, nil
}

// cutLastLine returns the last whole line of a file, and cuts off what follows it.
func cutLastLine(f *os.File) (line []byte, err error) {
	const step = 64 << 10
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	var tail []byte
	for from := size; from > 0; {
		begin := max(from-step, 0)
		part := make([]byte, from-begin)
		if _, err := f.ReadAt(part, begin); err != nil {
			return nil, err
		}
		tail, from = append(part, tail...), begin
		end := bytes.LastIndexByte(tail, '\n')
		if end < 0 {
			continue
		}
		if start := bytes.LastIndexByte(tail[:end], '\n'); start >= 0 || from == 0 {
			return tail[start+1 : end], f.Truncate(from + int64(end) + 1)
		}
	}
	return nil, f.Truncate(0)
}

// write writes the entries that the file has not got.
func (r *recordFile) write(ctx context.Context, e *engine.Engine) (err error) {
	f, err := os.OpenFile(r.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var lines []byte
	last := r.last
	flush := func() error {
		if _, err := f.Write(lines); err != nil {
			return errors.Join(err, r.repair())
		}
		lines, r.last = lines[:0], last
		return nil
	}
	err = e.ListEntries(ctx, engine.EntryFilter{After: r.last.Seq}, func(s engine.StoredEntry) error {
		if s.Seq == 0 { // those that are not linked come last
			return engine.ErrStop
		}
		line, err := json.Marshal(s.Entry)
		if err != nil {
			return err
		}
		lines, last = append(append(lines, line...), '\n'), s.Head()
		if len(lines) < 1<<20 {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// repair cuts a line that was written by half.
func (r *recordFile) repair() error {
	again, err := openRecordFile(r.path)
	if err == nil {
		r.last = again.last
	}
	return err
}
