// Package schema reads JSON and YAML strictly into tagged structs. One decoder handles unknown,
// missing and repeated keys, wrong types, ranges, defaults, `${NAME:-default}` and file paths, so
// that no key needs a check of its own. It reports all problems at once, each with path, line and
// column. It does not convert: "443" in quotes is not a number.
//
// A field is described by its tags:
//
//	config:"key,required,unused,default=x,oneof=a|b,min=1,max=9"   doc:"meaning"   eg:"an example value"
//
// Fields may be texts, numbers, booleans, durations, structs, pointers to structs, lists, maps of
// texts, FilePath, Value, and types that read themselves from text (encoding.TextUnmarshaler). Keys
// of embedded structs are keys of the struct.
package schema

import (
	"encoding/json"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// Value is a part of a document that is not decoded yet. As a struct field it holds a whole
// subtree. The zero Value is a part that the document does not have.
type Value struct {
	Path string     // where in the document: roombot.policy; empty for the whole
	Node *yaml.Node // nil when the document does not have it
	doc  *document
}

// Decode fills into, a pointer, and returns the paths of the keys that are set and marked unused.
// Valid keys are filled in even if others have problems.
func (v Value) Decode(into any) (unused []string, problems Problems) {
	return newDecoder(v.document()).decode(v, into)
}

// Problem makes a problem at the place of the value.
func (v Value) Problem(message, fix string) Problem {
	p := Problem{File: v.document().file, Path: v.Path, Message: message, Fix: fix}
	if v.Node != nil {
		p.Line, p.Column = v.Node.Line, v.Node.Column
	}
	return p
}

// ProblemWith makes a problem whose message begins with the value, unless that is an environment
// variable's.
func (v Value) ProblemWith(wrong *InvalidValue) Problem {
	s := scalar{tag: tagText, secret: true}
	if v.IsText() {
		if e, bad := v.document().expandVariables(resolveAlias(v.Node).Value); bad == nil {
			s = scalar{expandedText: e, tag: tagText, secret: wrong.Secret}
		}
	}
	return v.Problem(s.subject()+wrong.What, wrong.Fix)
}

// JSON is the value in one form, however the document is laid out; nil where it cannot be written
// so. Names of environment variables stay as they are.
func (v Value) JSON() json.RawMessage {
	var plain any
	if v.Node == nil || v.Node.Decode(&plain) != nil {
		return nil
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return nil
	}
	return text
}

// String is the value's path. The value itself may be secret.
func (v Value) String() string { return v.Path }

// MarshalText is String, for encoders.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.Path), nil }

// Line is the line of the value in its file, 0 when there is none.
func (v Value) Line() int {
	if v.Node == nil {
		return 0
	}
	return v.Node.Line
}

// IsText reports whether the value is a text, and not a list or an object.
func (v Value) IsText() bool { return v.Node != nil && resolveAlias(v.Node).ShortTag() == tagText }

// File is the name of the file that the value stands in, as the caller of Read gave it.
func (v Value) File() string { return v.document().file }

// ResolvePath joins a relative path of the document to the document's folder.
func (v Value) ResolvePath(path string) string { return v.document().resolvePath(path) }

// Env looks up `${NAME}` for the document.
func (v Value) Env() func(name string) (string, bool) { return v.document().env }

// LiteralSecrets are the paths of the secrets that have been decoded from the document and stand in
// it literally, not by ${NAME}.
func (v Value) LiteralSecrets() []string { return v.document().literalSecrets }

func (v Value) document() *document {
	if v.doc == nil {
		return &document{}
	}
	return v.doc
}

// document holds what all values of one file share.
type document struct {
	file string // as the caller named it; paths in the document are relative to its folder
	env  func(string) (string, bool)

	literalSecrets []string // paths of secrets that were decoded and have no ${NAME}
}

func (d *document) resolvePath(path string) string {
	if filepath.IsAbs(path) || path == "" {
		return filepath.Clean(path)
	}
	return filepath.Join(filepath.Dir(d.file), path)
}

// Keys records which keys of a struct the document sets. A struct embeds it.
type Keys struct{ set map[string]bool }

// Has reports whether the document sets the key to anything but null.
func (k Keys) Has(key string) bool { return k.set[key] }

// Checker is a struct with rules about several keys. Check runs after its keys are filled in. An
// empty key stands for the struct itself.
type Checker interface {
	Check(report func(key, message, fix string))
}

// Renamer is a struct whose keys were renamed. RenamedTo returns the present path of an old key,
// such as "privateKey.path", or the key that another word is likely meant to be, or "".
type Renamer interface {
	RenamedTo(key string) string
}

// InvalidValue is the error of a type that reads itself from text. It does not hold the value: the
// decoder adds that where it may be shown.
type InvalidValue struct {
	What   string // continues the value: "is a URL and not a host name"
	Fix    string // "write acme.symphony.com"
	Secret bool   // the value may hold a secret, so it is not shown
}

// Error is What.
func (w *InvalidValue) Error() string { return w.What }
