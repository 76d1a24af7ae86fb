package schema

import (
	"os"
	"strings"
)

// File is the path of a file that must exist and be readable, resolved against the folder of the document that names it.
type File string

// Path is the path of a file that may be yet to come, resolved like File.
type Path string

func (s scalar) setFile(doc *document, into *File) *Wrong {
	var path Path
	if wrong := s.setPath(doc, &path); wrong != nil {
		return wrong
	}
	fix := "write the path of a readable file; paths are relative to the folder of " + doc.file
	info, err := os.Stat(string(path))
	if err != nil {
		return &Wrong{What: cause(err), Fix: fix}
	}
	if !info.Mode().IsRegular() {
		return &Wrong{What: "is not a file", Fix: fix}
	}
	file, err := os.Open(string(path))
	if err != nil {
		return &Wrong{What: cause(err), Fix: fix}
	}
	_ = file.Close()
	*into = File(path)
	return nil
}

func (s scalar) setPath(doc *document, into *Path) *Wrong {
	if wrong := s.notText(); wrong != nil {
		return wrong
	}
	if strings.TrimSpace(s.text) == "" || strings.ContainsRune(s.text, 0) {
		return &Wrong{What: "is not a path", Fix: "write the path of a file"}
	}
	*into = Path(doc.resolve(s.text))
	return nil
}
