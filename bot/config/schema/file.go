package schema

import (
	"os"
	"strings"
)

// FilePath is the path of a file that must exist and be readable, resolved against the folder of
// the document that names it.
type FilePath string

func (s scalar) setFile(doc *document, into *FilePath) *InvalidValue {
	if wrong := s.checkText(); wrong != nil {
		return wrong
	}
	if strings.TrimSpace(s.text) == "" || strings.ContainsRune(s.text, 0) {
		return &InvalidValue{What: "is not a path", Fix: "write the path of a file"}
	}
	path := doc.resolvePath(s.text)
	fix := "write the path of a readable file; paths are relative to the folder of " + doc.file
	info, err := os.Stat(path)
	if err != nil {
		return &InvalidValue{What: readError(err), Fix: fix}
	}
	if !info.Mode().IsRegular() {
		return &InvalidValue{What: "is not a file", Fix: fix}
	}
	file, err := os.Open(path)
	if err != nil {
		return &InvalidValue{What: readError(err), Fix: fix}
	}
	_ = file.Close()
	*into = FilePath(path)
	return nil
}
