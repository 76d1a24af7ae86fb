package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// field is one key of a struct, as its tags describe it.
type field struct {
	key      string
	index    []int
	kind     reflect.Type
	required bool
	unused   bool
	fallback string
	oneOf    []string
	min, max string
	doc, eg  string
}

// fieldsOf lists the keys of a struct. Keys of embedded structs stand where the struct is embedded.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("config")
		switch {
		case f.Anonymous && f.Type != reflect.TypeFor[Keys]():
			for _, inner := range fieldsOf(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				fields = append(fields, inner)
			}
		case tagged && tag != "-":
			fields = append(fields, newField(f, tag))
		}
	}
	return addDefaults(t, fields)
}

// Defaulter is a struct whose defaults are Go values, such as constants of other packages. Defaults
// gives them by key; a default of the tag does not count beside one.
type Defaulter interface {
	Defaults() map[string]any
}

func addDefaults(t reflect.Type, fields []field) []field {
	stated, ok := reflect.TypeAssert[Defaulter](reflect.Zero(t))
	if !ok {
		return fields
	}
	for key, value := range stated.Defaults() {
		at := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
		if at < 0 {
			panic(fmt.Sprintf("schema: %s states a default of %q, which is no key of it", t, key))
		}
		fields[at].fallback = fmt.Sprint(value)
	}
	return fields
}

func newField(f reflect.StructField, tag string) field {
	key, options, _ := strings.Cut(tag, ",")
	out := field{key: key, index: f.Index, kind: f.Type, doc: f.Tag.Get("doc"), eg: f.Tag.Get("eg")}
	for option := range strings.SplitSeq(options, ",") {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "required":
			out.required = true
		case "unused":
			out.unused = true
		case "default":
			out.fallback = value
		case "oneof":
			out.oneOf = strings.Split(value, "|")
		case "min":
			out.min = value
		case "max":
			out.max = value
		}
	}
	return out
}

// Entry is one key of a schema, for documentation.
type Entry struct {
	Path     string // agent.loadBalancing.nodes[].host
	Doc      string
	Default  string
	OneOf    []string
	Required bool // within the object that holds it
	Unused   bool
}

// Describe lists the keys of a struct and of the structs in it, in the order of their declaration.
func Describe(of any) []Entry { return describeType("", reflect.TypeOf(of)) }

func describeType(prefix string, t reflect.Type) []Entry {
	var out []Entry
	for _, f := range fieldsOf(t) {
		path, inner := prefix+f.key, f.kind
		if inner.Kind() == reflect.Slice {
			path, inner = path+"[]", inner.Elem()
		}
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if nested := inner.Kind() == reflect.Struct && !isScalar(inner); nested {
			out = append(out, describeType(path+".", inner)...)
			continue
		}
		out = append(out, Entry{Path: path, Doc: f.doc, Default: f.fallback, OneOf: f.oneOf, Required: f.required, Unused: f.unused})
	}
	return out
}
