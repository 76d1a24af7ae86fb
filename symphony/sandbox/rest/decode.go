package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Decode reads a body of an operation; an absent one leaves the target as it is. Fields that the
// target does not have are ignored, as the service does.
func Decode(body []byte, operation string, into any) error {
	return decode(body, operation, into, json.Unmarshal)
}

// DecodeStrictly is Decode that refuses fields the target does not have, which are misspelt, and
// fields that are given twice.
func DecodeStrictly(body []byte, operation string, into any) error {
	return decode(body, operation, into, func(body []byte, into any) error {
		if !json.Valid(body) { // a decoder alone would read the first of several values
			return json.Unmarshal(body, into)
		}
		if err := checkKeysUnique(json.NewDecoder(bytes.NewReader(body))); err != nil {
			return err
		}
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.DisallowUnknownFields()
		return decoder.Decode(into)
	})
}

func decode(body []byte, operation string, into any, unmarshal func([]byte, any) error) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	err := unmarshal(body, into)
	if err == nil {
		return nil
	}
	return BadRequest("The request body is not what %s takes: %s", operation, explain(err))
}

// checkKeysUnique reads the next value of valid JSON, and refuses an object in it that has a key
// twice.
func checkKeysUnique(decoder *json.Decoder) error {
	token, err := decoder.Token()
	opening, nested := token.(json.Delim)
	if err != nil || !nested {
		return err
	}
	seen := map[json.Token]bool{}
	for decoder.More() {
		if opening == '{' {
			key, err := decoder.Token()
			if err != nil {
				return err
			}
			if seen[key] {
				return fmt.Errorf("%s is given twice", key)
			}
			seen[key] = true
		}
		if err := checkKeysUnique(decoder); err != nil {
			return err
		}
	}
	_, err = decoder.Token() // what closes it
	return err
}

// DecodeDocument reads JSON that is no body of an operation. Its error has no names of Go types.
func DecodeDocument(document []byte, into any) error {
	if err := json.Unmarshal(document, into); err != nil {
		return errors.New(explain(err))
	}
	return nil
}

// explain says in plain words why JSON could not be read.
func explain(err error) string {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return strings.TrimPrefix(err.Error(), "json: ")
	}
	subject := wrong.Field
	if subject == "" {
		subject = "it"
	}
	return subject + " must be " + describeType(wrong.Type) + ", not " + describeValue(wrong.Value)
}

func describeType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return describeType(t.Elem())
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map, reflect.Interface:
		return "an object"
	default: // what is left of what JSON is read into
		return "a whole number"
	}
}

// describeValue says what was found, from the decoder's own word for it.
func describeValue(word string) string {
	kind, literal, _ := strings.Cut(word, " ")
	switch {
	case literal != "": // a number that the field cannot hold
		return literal
	case kind == "bool":
		return "true or false"
	case kind == "array":
		return "a list"
	case kind == "object":
		return "an object"
	default: // string, number
		return "a " + kind
	}
}
