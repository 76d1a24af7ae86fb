// Package schema reads JSON and YAML strictly into tagged structs. One walker knows unknown keys, wrong types, missing and
// doubled keys, ranges, defaults, `${NAME:-default}` and file paths, so that no key needs a check of its own; it reports all
// problems at once, each with path, line and column. It never guesses: "443" in quotes is not a number.
//
// A field is described by its tags:
//
//	config:"key,required,unused,default=x,oneof=a|b,min=1,max=9"   doc:"meaning"   eg:"an example value"
//
// Fields may be texts, numbers, booleans, durations, structs, pointers to structs, lists, maps of texts, File, Value, and
// whatever reads itself from text (encoding.TextUnmarshaler). Embedded structs lend their keys.
package schema

import (
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// Value is a part of a document, kept as it was written. As a struct field it takes a whole subtree undecoded.
// The zero Value is a part that the document does not have.
type Value struct {
	Path string     // where in the document: roombot.policy; empty for the whole
	Node *yaml.Node // nil when the document does not have it
	doc  *document
}

// Decode fills into, a pointer, and returns the paths of the keys that are set but marked unused.
// When there are problems, what was right is filled in all the same.
func (v Value) Decode(into any) (unused []string, problems Problems) {
	return newDecoder(v.document()).decode(v, into)
}

// Problem is a problem at this place.
func (v Value) Problem(message, fix string) Problem {
	f := Problem{File: v.document().file, Path: v.Path, Message: message, Fix: fix}
	if v.Node != nil {
		f.Line, f.Column = v.Node.Line, v.Node.Column
	}
	return f
}

// Reject is a problem that begins with the value itself, unless a variable filled it.
func (v Value) Reject(wrong *InvalidValue) Problem {
	s := scalar{tag: tagText, secret: true}
	if v.IsText() {
		if e, bad := v.document().expandVariables(resolveAlias(v.Node).Value); bad == nil {
			s = scalar{expandedText: e, tag: tagText, secret: wrong.Secret}
		}
	}
	return v.Problem(s.subject()+wrong.What, wrong.Fix)
}

// String is the value's path: what stands there may be secret.
func (v Value) String() string { return v.Path }

// MarshalText is String, for every encoder that asks.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.Path), nil }

// Line is the line of the value in its file, 0 when there is none.
func (v Value) Line() int {
	if v.Node == nil {
		return 0
	}
	return v.Node.Line
}

// IsText says whether the value is a text, and not a list or an object.
func (v Value) IsText() bool { return v.Node != nil && resolveAlias(v.Node).ShortTag() == tagText }

// ResolvePath makes a path of the document absolute, or relative to the working folder if the document's own path is.
func (v Value) ResolvePath(path string) string { return v.document().resolvePath(path) }

// Env is what answers `${NAME}` in the document.
func (v Value) Env() func(name string) (string, bool) { return v.document().env }

func (v Value) document() *document {
	if v.doc == nil {
		return &document{}
	}
	return v.doc
}

// document is what all values of one file share.
type document struct {
	file string // as the caller named it; paths in the document are relative to its folder
	env  func(string) (string, bool)
}

func (d *document) resolvePath(path string) string {
	if filepath.IsAbs(path) || path == "" {
		return filepath.Clean(path)
	}
	return filepath.Join(filepath.Dir(d.file), path)
}

// Keys is embedded by a struct that needs to know which of its keys the document sets.
type Keys struct{ set map[string]bool }

// Has says whether the document sets the key, null aside.
func (k Keys) Has(key string) bool { return k.set[key] }

// Checker is a struct with rules that span several keys. Check runs once its keys are filled in, and reports by key;
// an empty key stands for the struct itself.
type Checker interface {
	Check(report func(key, message, fix string))
}

// Renamer is a struct that had other keys once. Renamed gives today's path of an old key, "privateKey.path", or "".
type Renamer interface {
	Renamed(key string) string
}

// InvalidValue is the error of a text that reads itself. The value itself is not in it: the walker adds it where it may be shown.
type InvalidValue struct {
	What string // continues the value: "is a URL and not a host name"
	Fix  string // "write acme.symphony.com"
	Secret bool   // the value may hold a secret, so it is not shown
}

// Error is what is wrong.
func (w *InvalidValue) Error() string { return w.What }
