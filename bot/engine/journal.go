package engine

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river/rivertype"
)

// This file holds what the engine stores besides its tables (see schema.go): a file format, which
// programs of different versions share. Golden files in testdata hold it.

// queueKind and jobArgs are how the queue stores a job: its kind, and its arguments as JSON.
const queueKind = "command"

type jobArgs struct {
	ID string `json:"command"`
}

// Kind names the work for the queue.
func (jobArgs) Kind() string { return queueKind }

// jobID is the id of the job of a row of the queue.
func jobID(row *rivertype.JobRow) (string, error) {
	var args jobArgs
	if err := json.Unmarshal(row.EncodedArgs, &args); err != nil {
		return "", fmt.Errorf("read a row of the queue: %w", err)
	}
	return args.ID, nil
}

// notePurge is the note of how far the purge's clock has come, a purgeProgress.
const notePurge = "purge"

type purgeProgress struct {
	Until time.Time `json:"until"`
}

// States of a job in the table. A failing one has no attempts left and is about to be reported.
const (
	stateOpen    = "open"
	stateFailing = "failing"
	stateDone    = "done"
	stateFailed  = "failed"
)

// Causes of a failure that are stored as text and recognized, or were given by nobody's error.
const (
	causeCancelled  = "cancelled by an operator"
	causeStopped    = "stopped by who asked for it"
	causeQueueEnded = "its job was ended by hand"
)
