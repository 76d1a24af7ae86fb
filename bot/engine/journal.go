package engine

import "time"

// This file holds what the engine stores besides its tables (see schema.go): a file format, which
// programs of different versions share. Golden files in testdata hold it.

// queueKind and jobArgs are how the queue stores a job: its kind, and its arguments as JSON.
const queueKind = "command"

type jobArgs struct {
	ID string `json:"command"`
}

// queueError is a failed attempt, in the queue's list of them.
type queueError struct {
	At      time.Time `json:"at"`
	Attempt int       `json:"attempt"`
	Error   string    `json:"error"`
	Trace   string    `json:"trace"` // which River writes after a panic
}

// notePurge is the note of how far the purge's clock has come, a purgeProgress.
const notePurge = "purge"

type purgeProgress struct {
	Until time.Time `json:"until"`
}

// stepPermitAsked is the permit that a job has asked for, an askedPermit. It is stored in the
// transaction of that.
const stepPermitAsked = "permit-asked"

type askedPermit struct {
	N     int64 `json:"n"`
	First bool  `json:"first"` // the same was not asked for already
}

// stepPermitDecided is of the job whose decision about a permit counts. It is stored in the
// transaction of that: the permit itself may be used up, which is another job's, before the one
// that has decided comes back.
const stepPermitDecided = "permit-decided"

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
