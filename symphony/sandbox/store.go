package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// saveEvery is how far the state file may be behind.
const saveEvery = 500 * time.Millisecond

// store keeps the state in a file, which is replaced as a whole.
type store struct {
	file  string
	dirty chan struct{}
}

func newStore(file string) *store { return &store{file: file, dirty: make(chan struct{}, 1)} }

func (s *store) touch() {
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

// load reads the file; nil when there is none yet.
func (s *store) load() (*state, error) {
	raw, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Dir(s.file)); err != nil { // better now than after an hour's work
			return nil, fmt.Errorf("keep the pod's state in %s: %w", s.file, err)
		}
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the pod's state: %w", err)
	}
	var loaded state
	if err := json.Unmarshal(raw, &loaded); err != nil {
		return nil, fmt.Errorf("read the pod's state in %s: %w", s.file, err)
	}
	loaded.index()
	if loaded.people[botID] == nil {
		return nil, fmt.Errorf("read the pod's state in %s: it is no pod's: the service account is missing", s.file)
	}
	return &loaded, nil
}

// run writes the file after changes, at most every so often, until the pod closes.
func (s *store) run(closed <-chan struct{}, snapshot func() []byte) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-closed:
			return
		case <-pause.C:
		}
		select {
		case <-closed:
			return
		case <-s.dirty:
			_ = s.save(snapshot()) // tried again at the next change; the last one, at Close, reports
			pause.Reset(saveEvery)
		}
	}
}

// save replaces the file: written beside it, synced, renamed.
func (s *store) save(raw []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(s.file), filepath.Base(s.file)+".*")
	if err != nil {
		return fmt.Errorf("write the pod's state: %w", err)
	}
	defer func() { _ = os.Remove(temporary.Name()) }() // gone already when all went well
	_, err = temporary.Write(raw)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), s.file)
	}
	if err != nil {
		return fmt.Errorf("write the pod's state: %w", err)
	}
	return nil
}
