package control_test

import (
	"testing"

	"go.uber.org/goleak"

	"roombot/symphony/sandbox/podtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bundle is a pod, its bot and its people, with what only these tests do.
type bundle struct{ *podtest.Bundle }

type (
	config = podtest.Config
	reply  = podtest.Reply
	batch  = podtest.Batch
)

const patience = podtest.Patience

func setup(t *testing.T, changes ...func(*config)) *bundle {
	t.Helper()
	return &bundle{podtest.New(t, changes...)}
}

func loggedIn(t *testing.T, changes ...func(*config)) *bundle {
	t.Helper()
	return &bundle{podtest.NewSignedIn(t, changes...)}
}
