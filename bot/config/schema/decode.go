package schema

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	maxProblems = 100     // a file with more is another kind of file
	maxNodes    = 500_000 // aliases can make a small file huge
)

type decoder struct {
	doc        *document
	problems   Problems
	unused     []string
	nodes      int
	listedKeys map[reflect.Type]bool // structs whose keys a problem has listed, which is done once
}

func newDecoder(doc *document) *decoder {
	return &decoder{doc: doc, listedKeys: map[reflect.Type]bool{}}
}

func (d *decoder) decode(v Value, into any) ([]string, Problems) {
	target := reflect.ValueOf(into).Elem()
	if v.Node == nil {
		d.setDefaults(target)
		return nil, nil
	}
	d.decodeValue(v, target, field{})
	return d.unused, d.problems
}

// addProblem adds a problem. Beyond maxProblems it adds one that says so, and then none.
func (d *decoder) addProblem(at Value, message, fix string) {
	if len(d.problems) > maxProblems {
		return
	}
	if len(d.problems) == maxProblems {
		at, message, fix = Value{Node: at.Node}, "has more problems than are listed here", "mend these first"
	}
	problem := at.Problem(message, fix)
	problem.File = d.doc.file
	d.problems = append(d.problems, problem)
}

// shouldStop reports whether the document is too large or has too many problems.
func (d *decoder) shouldStop(at Value) bool {
	d.nodes++
	if d.nodes == maxNodes {
		d.addProblem(at, "repeats so much by aliases that it is too large", "write it out, shorter")
	}
	return d.nodes >= maxNodes || len(d.problems) > maxProblems
}

func (d *decoder) decodeValue(at Value, into reflect.Value, f field) {
	if d.shouldStop(at) {
		return
	}
	node := resolveAlias(at.Node)
	switch {
	case into.Type() == reflect.TypeFor[Value]():
		into.Set(reflect.ValueOf(Value{Path: at.Path, Node: at.Node, doc: d.doc}))
	case isScalar(into.Type()):
		d.decodeScalar(at, into, f)
	case into.Kind() == reflect.Pointer:
		fresh := reflect.New(into.Type().Elem())
		d.decodeValue(at, fresh.Elem(), f)
		into.Set(fresh)
	case into.Kind() == reflect.Struct:
		if d.expectKind(at, node, yaml.MappingNode, into.Type()) {
			d.decodeStruct(at, node, into)
		}
	case into.Kind() == reflect.Slice:
		if d.expectKind(at, node, yaml.SequenceNode, into.Type()) {
			d.decodeList(at, node, into, f)
		}
	case into.Kind() == reflect.Map:
		if d.expectKind(at, node, yaml.MappingNode, into.Type()) {
			d.decodeMap(at, node, into)
		}
	default:
		d.decodeScalar(at, into, f)
	}
}

func (d *decoder) expectKind(at Value, node *yaml.Node, kind yaml.Kind, into reflect.Type) bool {
	if node.Kind == kind {
		return true
	}
	want, fix := "an object", "write {…}"
	if kind == yaml.SequenceNode {
		want, fix = "a list", "write […]"
	}
	if wrapped := wrapScalar(node, into); wrapped != "" {
		name := at.Path[strings.LastIndex(at.Path, ".")+1:]
		fix = fmt.Sprintf("write %s: %s", name, wrapped)
	}
	d.addProblem(at, fmt.Sprintf("is %s and must be %s", kindOf(node), want), fix)
	return false
}

var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// wrapScalar is what a single value was likely meant to be: the only entry of a list of values, or
// the number that an object requires; empty where it may be a secret, or nothing is known.
func wrapScalar(node *yaml.Node, into reflect.Type) string {
	switch {
	case node.Kind != yaml.ScalarNode:
	case into == reflect.TypeFor[[]Value]() && node.ShortTag() == tagText && plainWord.MatchString(node.Value):
		return "[" + node.Value + "]"
	case into == reflect.TypeFor[[]Value]() && node.ShortTag() == tagText && !strings.Contains(node.Value, "$"):
		return "[" + quote(node.Value) + "]"
	case into.Kind() == reflect.Struct && node.ShortTag() == tagInt:
		fields := fieldsOf(into)
		if len(fields) == 1 && fields[0].required && into.FieldByIndex(fields[0].index).Type.Kind() == reflect.Int {
			return fmt.Sprintf("{%s: %s}", fields[0].key, truncate(node.Value))
		}
	}
	return ""
}

func (d *decoder) decodeList(at Value, node *yaml.Node, into reflect.Value, f field) {
	if len(node.Content) == 0 {
		d.addProblem(at, "is an empty list", "write at least one entry")
		return
	}
	list := reflect.MakeSlice(into.Type(), len(node.Content), len(node.Content))
	for i, child := range node.Content {
		d.decodeValue(Value{Path: fmt.Sprintf("%s[%d]", at.Path, i), Node: child, doc: d.doc}, list.Index(i), field{key: f.key, oneOf: f.oneOf})
	}
	into.Set(list)
}

// decodeMap fills a map whose keys are texts.
func (d *decoder) decodeMap(at Value, node *yaml.Node, into reflect.Value) {
	table := reflect.MakeMap(into.Type())
	for key, child := range d.eachMember(at, node) {
		entry := reflect.New(into.Type().Elem()).Elem()
		d.decodeValue(child, entry, field{key: key})
		table.SetMapIndex(reflect.ValueOf(key), entry)
	}
	into.Set(table)
}

// eachMember yields an object's keys and values. It reports keys that are not text or are set
// twice.
func (d *decoder) eachMember(at Value, node *yaml.Node) func(yield func(string, Value) bool) {
	return func(yield func(string, Value) bool) {
		first := make(map[string]int, len(node.Content)/2)
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := resolveAlias(node.Content[i])
			place := Value{Path: at.Path, Node: node.Content[i], doc: d.doc}
			if d.shouldStop(place) {
				return
			}
			if key.Kind != yaml.ScalarNode || key.ShortTag() != tagText {
				d.addProblem(place, badKeyMessage(key), "write text before the colon")
				continue
			}
			place.Path = joinPath(at.Path, key.Value)
			if line, again := first[key.Value]; again {
				d.addProblem(place, fmt.Sprintf("is set twice, first on line %d", line), "keep one of them")
				continue
			}
			first[key.Value] = key.Line
			if !yield(key.Value, Value{Path: place.Path, Node: node.Content[i+1], doc: d.doc}) {
				return
			}
		}
	}
}

func badKeyMessage(key *yaml.Node) string {
	if key.ShortTag() == "!!merge" {
		return "uses <<, which is not supported"
	}
	return "has a key that is " + kindOf(key)
}

func joinPath(path, key string) string {
	if strings.ContainsAny(key, ". []\"\n") || key == "" {
		return path + "[" + quote(key) + "]"
	}
	if path == "" {
		return truncate(key)
	}
	return path + "." + truncate(key)
}
