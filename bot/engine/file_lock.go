package engine

import (
	"errors"
	"fmt"
	"io/fs"
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
	if err := createLockFile(path); err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	l := flock.New(path, flock.SetFlag(os.O_RDWR))
	locked, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if !locked {
		return nil, fmt.Errorf("%s: %w%s", file, ErrLocked, lockHolder(path))
	}
	if err := writeLockHolder(l); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), l.Unlock())
	}
	return l, nil
}

// errLink is what stands where a lock should be. Another user's link would lead what is written to
// a file of the bot's, such as its key.
var errLink = errors.New("it is a link, through which nothing is written: remove it")

// createLockFile makes the file unless it is there. To make it exclusively follows no link.
func createLockFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		return f.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	return checkNoLink(path)
}

func checkNoLink(path string) error {
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return errLink
	}
	return err
}

// writeLockHolder writes which process has the lock into the locked file. It writes nothing if
// another file was put in its place.
func writeLockHolder(l *flock.Flock) error {
	if err := checkNoLink(l.Path()); err != nil {
		return err
	}
	f, err := os.OpenFile(l.Path(), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	opened, err := f.Stat()
	if err != nil {
		return err
	}
	if locked, err := l.Stat(); err != nil || !os.SameFile(opened, locked) {
		return errLink
	}
	// Only for a message of another process, so an error does not matter.
	_ = f.Truncate(0)
	_, _ = f.WriteString(strconv.Itoa(os.Getpid()) + "\n")
	return nil
}

func lockHolder(path string) string {
	content, err := os.ReadFile(path)
	pid, notNumber := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil || notNumber != nil {
		return ""
	}
	return fmt.Sprintf(" (process %d)", pid)
}

// checkRegularFile refuses a device, a folder and whatever else keeps no data; a missing file is
// none of these.
func checkRegularFile(file string) error {
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", file)
	}
	return nil
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
