package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/symphony/sandbox/client"
)

// feedCapacity is how many events a datafeed of the sandbox holds.
const feedCapacity = 10_000

// sendChatter writes what is not for the bot, in a room that it is in.
func (s *subject) sendChatter(ctx context.Context) error {
	if s.Chatter <= 0 {
		return nil
	}
	state, err := s.pod.State(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(state.Rooms, func(room client.Room) bool { return room.Name == roomName(0) })
	if at < 0 {
		return errors.New("no room to chat in")
	}
	begin, said := time.Now(), 0
	for trial.Pause(ctx, 10*time.Millisecond) == nil {
		due := int(time.Since(begin).Seconds()*float64(s.Chatter)) - said
		if due < 1 {
			continue
		}
		chattered, err := s.pod.Chatter(ctx, client.ChatterRequest{
			As: s.people.speaker(0), To: state.Rooms[at].StreamID, Text: trial.SmallTalk, Count: min(due, 5000),
		})
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		said, s.mostWaiting = said+min(due, 5000), max(s.mostWaiting, chattered.Queued)
		if chattered.Queued >= feedCapacity {
			return fmt.Errorf("the bot fell %d events behind, and the pod forgets those beyond: take a slower --chatter or a faster machine",
				chattered.Queued)
		}
	}
	return nil
}
