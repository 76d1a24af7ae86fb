package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// lockFile keeps a second process away from file. The lock lives in a file of its own, since the
// database closes and reopens its own files; it is left behind, since removing it would let two
// processes lock two files of one name.
func lockFile(file string) (*flock.Flock, error) {
	path := file + ".lock"
	l := flock.New(path, flock.SetPermissions(0o600))
	locked, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if !locked {
		return nil, fmt.Errorf("%s: %w%s", file, ErrLocked, lockHolder(path))
	}
	// Only for the message above in another process, so an error does not matter.
	_ = os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600)
	return l, nil
}

func lockHolder(path string) string {
	content, err := os.ReadFile(path)
	pid, notNumber := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil || notNumber != nil {
		return ""
	}
	return fmt.Sprintf(" (process %d)", pid)
}

// createPrivateFile makes the file before the database does, since it holds what people wrote and
// others must not read it.
func createPrivateFile(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// ErrDanglingLink says that the path of a store is a link to a file that is not there. Two names of
// it could have a lock each.
var ErrDanglingLink = errors.New("it is a link to a file that does not exist; name that file instead")

// resolveFile makes the folder of file and follows links, so that one database has one lock
// whatever name it is given.
func resolveFile(file string) (string, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", fmt.Errorf("make the folder of the store: %w", err)
	}
	if target, err := filepath.EvalSymlinks(file); err == nil {
		return filepath.Abs(target)
	}
	if info, err := os.Lstat(file); err == nil && info.Mode()&os.ModeSymlink != 0 {
		return "", ErrDanglingLink
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(file))
	if err != nil {
		return "", fmt.Errorf("find the folder of the store: %w", err)
	}
	return filepath.Abs(filepath.Join(folder, filepath.Base(file)))
}
