package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// refusal is an answer other than success. Every operation returns one; its API family decides the body's shape.
type refusal struct {
	status     int
	message    string
	code       string // replaces the numeric code where the service sends a word
	retryAfter int    // seconds; 0: no header
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.status, r.message) }

func refuse(status int, format string, args ...any) error {
	return &refusal{status: status, message: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error {
	return refuse(http.StatusBadRequest, format, args...)
}

func forbidden(format string, args ...any) error {
	return refuse(http.StatusForbidden, format, args...)
}

var (
	errInvalidSession = &refusal{status: http.StatusUnauthorized, message: "Invalid session"}
	errEntitlement    = &refusal{
		status:  http.StatusForbidden,
		message: "The user lacks the required entitlement to perform this operation",
	}
	errTooLarge = &refusal{
		status: http.StatusRequestEntityTooLarge, message: "Limit message-content-max-total-size reached",
		code: "LIMIT_MESSAGE_CONTENT_MAX_TOTAL_SIZE_REACHED",
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
	familyControl
)

func (f family) errorBody(r *refusal) any {
	switch f {
	case familyControl:
		return map[string]any{"message": r.message}
	case familyProfile:
		return map[string]any{
			"code": strconv.Itoa(r.status), "message": r.message,
			"context": map[string]string{}, "details": map[string]any{},
		}
	case familyPod, familyAgent:
	}
	if r.code != "" {
		return map[string]any{"code": r.code, "message": r.message, "status": "PAYLOAD_TOO_LARGE"}
	}
	return map[string]any{"code": r.status, "message": r.message}
}

func asRefusal(err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	return &refusal{status: http.StatusInternalServerError, message: "The sandbox could not answer: " + err.Error()}
}
