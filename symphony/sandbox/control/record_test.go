package control_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

func TestAPodWithoutABotOfItsOwnHasNoRecord(t *testing.T) {
	b := setup(t)
	got, err := b.People.Record(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, client.RecordAnswer{Entries: []client.RecordEntry{}}, got)
}

func TestTheRecordIsReadFromWhereItIsKept(t *testing.T) {
	var asked [][2]int64
	b := setup(t, func(c *config) {
		c.Control.Record = func(_ context.Context, after int64, limit int) ([]client.RecordEntry, error) {
			asked = append(asked, [2]int64{after, int64(limit)})
			return []client.RecordEntry{{Seq: after + 1}}, nil
		}
	})
	got, err := b.People.Record(t.Context(), 7)
	require.NoError(t, err)
	require.True(t, got.Kept)
	require.Equal(t, int64(8), got.Entries[0].Seq)
	b.Get("/sandbox/v1/record?limit=5000").OK()
	require.Equal(t, [][2]int64{{7, 200}, {0, 200}}, asked, "never more than 200")
	b.Get("/sandbox/v1/record?after=x").Refused(http.StatusBadRequest)
}

func TestARecordThatCannotBeReadIsSaid(t *testing.T) {
	b := setup(t, func(c *config) {
		c.Control.Record = func(context.Context, int64, int) ([]client.RecordEntry, error) { return nil, errors.New("closed") }
	})
	_, err := b.People.Record(t.Context(), 0)
	refused, isError := errors.AsType[*client.Error](err)
	require.True(t, isError)
	require.Equal(t, http.StatusInternalServerError, refused.Status)
}
