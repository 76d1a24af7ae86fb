package schema

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxSize is the largest file that is read, in bytes. A policy of 10,000 rules takes up to
// 3 MiB.
const maxSize = 4 << 20

// Read reads the JSON or YAML file at path. env looks up `${NAME}`; nil is an empty environment.
// The error is of type Problems.
func Read(path string, env func(name string) (string, bool)) (Value, error) {
	content, err := ReadFile(path)
	if err != nil {
		return Value{}, err
	}
	return Parse(path, content, env)
}

// ReadFile is what Read reads of the file before it parses it. The error is of type Problems.
func ReadFile(path string) ([]byte, error) {
	content, err := readFile(path)
	if err != nil {
		return nil, Problems{{File: path, Message: err.Error()}}
	}
	return content, nil
}

// Parse is Read for content that the caller has read. name is the file's name in problems, its
// folder is that of relative paths, and its ending says whether the content is JSON or YAML. With
// another ending, content that begins with a brace is JSON.
func Parse(name string, content []byte, env func(name string) (string, bool)) (Value, error) {
	root, problem := parse(name, content)
	if problem != nil {
		problem.File = name
		return Value{}, Problems{*problem}
	}
	if env == nil {
		env = func(string) (string, bool) { return "", false }
	}
	return Value{Node: root, doc: &document{file: name, env: env}}, nil
}

func readFile(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe would wait for its writer
	if err != nil {
		return nil, errors.New(readError(err))
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, errors.New(readError(err))
	case info.IsDir():
		return nil, errors.New("is a folder and not a file")
	case !info.Mode().IsRegular():
		return nil, errors.New("is a pipe, a device or the like, and not a file")
	}
	content, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return nil, errors.New(readError(err))
	}
	if len(content) > maxSize {
		return nil, fmt.Errorf("is larger than %d KiB, so it cannot be what was meant", maxSize>>10)
	}
	return content, nil
}

// readError says why a file cannot be read, without its path.
func readError(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "may not be read by this user"
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return "cannot be read: " + err.Error()
}

const emptyMessage = "is empty"

// WithFixOfEmpty is an error of Parse that says what an empty file needs. Which that is, only the
// caller knows.
func WithFixOfEmpty(err error, fix string) error {
	problems, ok := errors.AsType[Problems](err)
	if !ok || len(problems) != 1 || problems[0].Path != "" || problems[0].Message != emptyMessage {
		return err
	}
	problem := problems[0]
	problem.Fix = fix
	return Problems{problem}
}

func parse(name string, content []byte) (*yaml.Node, *Problem) {
	if len(content) > maxSize {
		return nil, &Problem{Message: fmt.Sprintf("is larger than %d KiB", maxSize>>10)}
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if at := invalidUTF8Offset(content); at >= 0 {
		line, column := (&cursor{content: content, line: 1, column: 1}).advanceTo(at)
		return nil, &Problem{Line: line, Column: column, Message: "is not UTF-8 here", Fix: "save the file as UTF-8"}
	}
	if len(bytes.TrimSpace(content)) == 0 {
		return nil, &Problem{Message: emptyMessage}
	}
	read := parseYAML
	if isJSON(name, content) {
		read = parseJSON
	}
	node, problem := read(content)
	if conflict := findConflict(content); problem != nil && conflict != nil {
		return nil, conflict
	}
	return node, problem
}

var conflictMarkers = regexp.MustCompile(`^(<{7}|={7}|>{7}|\|{7})( |\r?$)`)

// findConflict is the problem of a file that a merge has left with both of its versions; nil of
// others.
func findConflict(content []byte) *Problem {
	var first int
	var lines []string
	for i, line := range strings.Split(string(content), "\n") {
		if conflictMarkers.MatchString(line) {
			first = cmp.Or(first, i+1)
			lines = append(lines, strconv.Itoa(i+1))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	const fix = "choose what holds of the two versions, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>"
	return &Problem{Line: first, Column: 1, Message: "has markers of a merge conflict, on line " + strings.Join(lines, ", "), Fix: fix}
}

func isJSON(name string, content []byte) bool {
	braced := bytes.HasPrefix(bytes.TrimSpace(content), []byte("{"))
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json":
		return true
	case ".yaml", ".yml": // JSON is YAML, but for tabs and some escapes
		return braced && json.Valid(content)
	}
	return braced
}

func invalidUTF8Offset(content []byte) int {
	for at := 0; at < len(content); {
		r, size := utf8.DecodeRune(content[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}
