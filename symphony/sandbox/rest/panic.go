package rest

import (
	"log/slog"
	"net/http"
	"runtime/debug"
)

// Recover makes a panic of an operation an error with status 500, and logs it. It is deferred.
func Recover(log *slog.Logger, operation string, err *error) {
	reason := recover()
	if reason == nil {
		return
	}
	log.Error("sandbox operation panicked", "operation", operation, "reason", reason, "stack", string(debug.Stack()))
	*err = Refuse(http.StatusInternalServerError, "The sandbox could not answer: it panicked in %s, see its log", operation)
}
