package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// saveEvery is how far the state file may be behind.
const saveEvery = 500 * time.Millisecond

// stateFile keeps a world's state, and is replaced as a whole.
type stateFile struct {
	path    string
	changed chan struct{}
}

// openStateFile makes a world of what the file holds, or a new one when there is no file yet.
func openStateFile(path string, cfg world.Config) (*stateFile, *world.World, error) {
	s := &stateFile{path: path, changed: make(chan struct{}, 1)}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Dir(path)); err != nil { // better now than after an hour's work
			return nil, nil, fmt.Errorf("keep the pod's state in %s: %w", path, err)
		}
		return s, world.New(cfg), nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the pod's state: %w", err)
	}
	restored, err := restoreWorld(raw, cfg)
	if err != nil {
		return nil, nil, fmt.Errorf("read the pod's state in %s: %w", path, err)
	}
	return s, restored, nil
}

// restoreWorld makes a world of a file's content. The version is read by itself first: the rest has
// another shape in another version.
func restoreWorld(raw []byte, cfg world.Config) (*world.World, error) {
	var header struct {
		Version int `json:"version"`
	}
	if err := rest.DecodeDocument(raw, &header); err != nil {
		return nil, err
	}
	if err := world.CheckVersion(header.Version); err != nil {
		return nil, err
	}
	saved := world.State{Rights: world.FirstRights()} // a file may be older than one of the rights
	if err := rest.DecodeDocument(raw, &saved); err != nil {
		return nil, err
	}
	return world.Restore(cfg, &saved)
}

// noteChange notes that the file is behind.
func (s *stateFile) noteChange() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// run writes the file after changes, at most every so often, until the pod closes.
func (s *stateFile) run(closed <-chan struct{}, snapshot func() []byte) {
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
		case <-s.changed:
			_ = s.save(snapshot()) // tried again at the next change; the last one, at Close, reports
			pause.Reset(saveEvery)
		}
	}
}

// save replaces the file: written beside it, synced, renamed.
func (s *stateFile) save(raw []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+".*")
	if err != nil {
		return fmt.Errorf("write the pod's state: %w", err)
	}
	defer func() { _ = os.Remove(temporary.Name()) }() // gone already when all went well
	_, err = temporary.Write(raw)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), s.path)
	}
	if err != nil {
		return fmt.Errorf("write the pod's state: %w", err)
	}
	return nil
}
