package markup

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// check is what the client refuses to send.
func (f Field) check(value any) error {
	if f.Required && empty(value) {
		return fmt.Errorf("%s is required", f.displayName())
	}
	if empty(value) {
		return nil
	}
	switch value := value.(type) {
	case string:
		return f.checkText(value)
	case []string:
		if f.Least > 0 && len(value) < f.Least || f.Most > 0 && len(value) > f.Most {
			return fmt.Errorf("%s takes %d to %d choices", f.displayName(), f.Least, f.Most)
		}
	}
	return nil
}

func empty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(value) == ""
	case []int64:
		return len(value) == 0
	case RoomValue:
		return len(value.UserIDs)+len(value.StreamIDs) == 0
	}
	return false
}

func (f Field) checkText(value string) error {
	length := countUTF16(value)
	switch {
	case f.MaxLength > 0 && length > f.MaxLength:
		return fmt.Errorf("%s takes at most %d characters, and this has %d", f.displayName(), f.MaxLength, length)
	case length < f.MinLength:
		return fmt.Errorf("%s takes at least %d characters", f.displayName(), f.MinLength)
	}
	switch f.Kind {
	case DatePicker:
		return f.checkLayout(value, time.DateOnly, "a date such as 2026-03-31")
	case TimePicker:
		return f.checkLayout(value, time.TimeOnly, "a time such as 09:30:00")
	}
	return f.checkPattern(value)
}

// checkPattern passes over expressions that only Java understands.
func (f Field) checkPattern(value string) error {
	if f.Pattern == "" {
		return nil
	}
	if pattern, err := regexp.Compile(`^(?:` + f.Pattern + `)$`); err == nil && !pattern.MatchString(value) {
		return fmt.Errorf("%s: %s", f.displayName(), f.Complaint)
	}
	return nil
}

func (f Field) checkLayout(value, layout, example string) error {
	if _, err := time.Parse(layout, value); err != nil {
		return fmt.Errorf("%s takes %s", f.displayName(), example)
	}
	return nil
}
