package markup

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"strconv"
	"strings"
)

// entities is the entity JSON of a message: what came with it, and what its mentions and tags add.
type entities struct {
	given        string
	values       map[string]any // numbers are json.Number
	added        map[string]any
	known        map[string]any // by key at any depth, made when first needed
	presentation bool           // the message is PresentationML
}

const notAnObject = "Error parsing EntityJSON: provided content is not a JSON object"

// parseEntities accepts an object, or an object encoded once more as a string, as the agent does.
func parseEntities(data string) (*entities, error) {
	e := &entities{given: data, added: map[string]any{}}
	if strings.TrimSpace(data) == "" {
		e.given, e.values = "{}", map[string]any{}
		return e, nil
	}
	value, err := decode(data)
	if err != nil {
		return nil, err
	}
	if text, ok := value.(string); ok {
		e.given = text
		if value, err = decode(text); err != nil {
			return nil, err
		}
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, refuse(notAnObject)
	}
	e.values = object
	return e, nil
}

func decode(data string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, refuse("Error parsing EntityJSON: %s", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, refuse("Error parsing EntityJSON: unexpected content after the JSON object")
	}
	return value, nil
}

// checkReferences looks for the data of every data-entity-id in the document.
func (e *entities) checkReferences(root *node) error {
	var failure error
	root.visitDescendants(func(n *node) {
		if failure == nil && n.has("data-entity-id") {
			failure = e.checkReference(n.get("data-entity-id"))
		}
	})
	return failure
}

func (e *entities) checkReference(id string) error {
	value, ok := e.find(id)
	if !ok {
		return refuse(`Error processing EntityJSON: no entity data provided for "data-entity-id"="%s"`, id)
	}
	if _, ok := value.(map[string]any); !ok {
		return refuse(`Error processing EntityJSON: the node "%s" has to be an object`, id)
	}
	return nil
}

// find looks at every depth, as the agent does.
func (e *entities) find(id string) (any, bool) {
	if value, ok := e.values[id]; ok {
		return value, true
	}
	if e.known == nil {
		e.known = map[string]any{}
		indexEntries(e.values, e.known)
	}
	value, ok := e.known[id]
	return value, ok
}

func indexEntries(value any, into map[string]any) {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if _, ok := into[key]; !ok {
				into[key] = inner
			}
			indexEntries(inner, into)
		}
	case []any:
		for _, inner := range value {
			indexEntries(inner, into)
		}
	}
}

// add keeps an entry that the sender supplied under the same id.
func (e *entities) add(id, kind, version string, ids ...map[string]any) {
	if _, ok := e.values[id]; !ok {
		e.added[id] = map[string]any{"type": kind, "version": version, "id": ids}
	}
}

func newIdentifier(kind, value string) map[string]any {
	return map[string]any{"type": kind, "value": value}
}

// mentionedUser is the user of a mention that PresentationML refers to.
func (e *entities) mentionedUser(id string) (int64, bool) {
	value, _ := e.find(id)
	object, _ := value.(map[string]any)
	if object["type"] != "com.symphony.user.mention" {
		return 0, false
	}
	list, _ := object["id"].([]any)
	for _, item := range list {
		one, _ := item.(map[string]any)
		if user, ok := parseInteger(one["value"]); ok && one["type"] == "com.symphony.user.userId" {
			return user, true
		}
	}
	return 0, false
}

func parseInteger(value any) (int64, bool) {
	var text string
	switch value := value.(type) {
	case string:
		text = value
	case json.Number:
		text = value.String()
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// encode gives the data back as it came when nothing was added.
func (e *entities) encode() (string, error) {
	if len(e.added) == 0 {
		var b bytes.Buffer
		if err := json.Compact(&b, []byte(e.given)); err != nil {
			return "", refuse("Error parsing EntityJSON: %s", err)
		}
		return b.String(), nil
	}
	all := map[string]any{}
	maps.Copy(all, e.values)
	maps.Copy(all, e.added)
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(all); err != nil {
		return "", refuse("Error parsing EntityJSON: %s", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}
