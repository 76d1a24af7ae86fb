package sandbox

import (
	"errors"
	"net/http"
	"strconv"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

var (
	errInvalidSession = &rest.Error{Status: http.StatusUnauthorized, Text: "Invalid session"}
	errTooLarge       = &rest.Error{
		Status: http.StatusRequestEntityTooLarge, Text: "Limit message-content-max-total-size reached",
		Code: "LIMIT_MESSAGE_CONTENT_MAX_TOTAL_SIZE_REACHED",
	}
	// errDropped ends a connection without an answer.
	errDropped = errors.New("connection dropped")
)

// family is a group of operations that share one error shape.
type family int

const (
	familyPod family = iota
	familyAgent
	familyProfile
)

// statusBarrier is the profile manager's own status for an information barrier.
const statusBarrier = 452

// errorOf is the answer of a family to what went wrong.
func (f family) errorOf(err error) *rest.Error {
	if refused, ok := errors.AsType[*world.Error](err); ok && refused.Kind == world.Barrier && f == familyProfile {
		return &rest.Error{Status: statusBarrier, Text: refused.Text}
	}
	return rest.ErrorOf(err)
}

// encodeError makes an answer in a family's shape.
func (f family) encodeError(refused *rest.Error) *rest.Encoded {
	return rest.EncodeError(refused, f.errorBody)
}

func (f family) errorBody(e *rest.Error) any {
	switch {
	case f == familyProfile:
		return map[string]any{
			"code": strconv.Itoa(e.Status), "message": e.Text,
			"context": map[string]string{}, "details": map[string]any{},
		}
	case e.Code != "":
		return map[string]any{"code": e.Code, "message": e.Text, "status": "PAYLOAD_TOO_LARGE"}
	}
	return map[string]any{"code": e.Status, "message": e.Text}
}
