package symphony

import "encoding/json"

// UnmarshalJSON accepts the time as text.
func (e *SystemEvent) UnmarshalJSON(b []byte) error {
	type plain SystemEvent
	w := struct {
		*plain
		At wholeNumber `json:"eventTimestamp"`
	}{plain: (*plain)(e)}
	err := json.Unmarshal(b, &w)
	e.At = int64(w.At)
	return err
}
