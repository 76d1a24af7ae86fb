package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// source is a Go file of this repository.
type source struct {
	path  string // from the root, with slashes
	files *token.FileSet
	file  *ast.File
	lines []string
}

// place is a position as path:line.
func (s source) place(at token.Pos) string {
	return fmt.Sprintf("%s:%d", s.path, s.files.Position(at).Line)
}

// readSources parses the Go files of the repository.
func readSources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []source
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		s := source{path: filepath.ToSlash(relative), files: token.NewFileSet()}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s.lines = strings.Split(string(text), "\n")
		s.file, err = parser.ParseFile(s.files, path, text, parser.ParseComments)
		all = append(all, s)
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}
