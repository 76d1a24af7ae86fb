package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	patience  = time.Minute           // for a message, where the context has no deadline
	lookEvery = 10 * time.Millisecond // for a message that is waited for
)

// Said is what somebody said or did, and the handle to what comes of it.
type Said struct {
	Message        // the message, or the one whose form was submitted
	Who     string // username

	client *Client
	after  int64 // Seq of the last message before an answer
}

// Says has somebody write to the bot, in their chat of two; @username and @Display Name become
// mentions.
func (c *Client) Says(ctx context.Context, who, text string) (Said, error) {
	return c.SaysIn(ctx, who, "", text)
}

// SaysIn has somebody write in a chat or room, named by its stream id, or to somebody, named by
// their username.
func (c *Client) SaysIn(ctx context.Context, who, to, text string) (Said, error) {
	talk, err := c.Say(ctx, SayRequest{As: who, To: to, Text: text})
	return c.newSaid(who, talk.Message), err
}

// Edits has who said something change its text.
func (s Said) Edits(ctx context.Context, text string) (Said, error) {
	talk, err := s.client.Edit(ctx, EditRequest{As: s.Who, MessageID: s.ID, Text: text})
	return s.client.newSaid(s.Who, talk.Message), err
}

// Submits has somebody press a button of a message's form, with the values of its fields by their
// names.
func (c *Client) Submits(ctx context.Context, who string, m Message, form, button string, values map[string]any) (Said, error) {
	encoded, err := FormValues(values)
	if err != nil {
		return Said{}, err
	}
	newest, err := c.newestSeq(ctx, m.Seq)
	if err != nil {
		return Said{}, err
	}
	talk, err := c.Act(ctx, ActRequest{As: who, MessageID: m.ID, FormID: form, Action: button, Values: encoded})
	s := c.newSaid(who, talk.Message)
	s.after = newest
	return s, err
}

func (c *Client) newSaid(who string, m Message) Said {
	return Said{Message: m, Who: who, client: c, after: m.Seq}
}

// newestSeq is the Seq of the newest message.
func (c *Client) newestSeq(ctx context.Context, after int64) (int64, error) {
	for {
		page, err := c.MessagesAfter(ctx, after, MessageFilter{})
		if err != nil || page.Last <= after {
			return after, err
		}
		after = page.Last
	}
}

// Sees waits for a message after this one, of somebody else, that who said it can read and whose
// text contains something. It waits as long as the context allows, and a minute where that has no
// deadline.
func (s Said) Sees(ctx context.Context, text string) (Message, error) {
	return s.client.awaitText(ctx, s.Who, s.after, text)
}

// Sees waits for a message of somebody else that a person can read and whose text contains
// something, among all there are and those to come. It waits as long as Said.Sees does.
func (c *Client) Sees(ctx context.Context, who, text string) (Message, error) {
	return c.awaitText(ctx, who, 0, text)
}

func (c *Client) awaitText(ctx context.Context, who string, after int64, text string) (Message, error) {
	return c.await(ctx, who, after, fmt.Sprintf("a message with %q", text), func(m Message) bool {
		return strings.Contains(m.Text, text)
	})
}

// Reply waits for the first message of somebody else after this one, that who said it can read. It
// waits as long as Sees does.
func (s Said) Reply(ctx context.Context) (Message, error) {
	return s.client.await(ctx, s.Who, s.after, "a reply", func(Message) bool { return true })
}

// await waits for a message of somebody else that is wanted.
func (c *Client) await(ctx context.Context, who string, after int64, what string, wanted func(Message) bool) (Message, error) {
	ctx, cancel := withPatience(ctx)
	defer cancel()
	var found *Message
	var seen []string
	err := c.follow(ctx, after, MessageFilter{As: who}, lookEvery, func(messages []Message) error {
		for _, m := range messages {
			switch {
			case m.From.Username == who:
			case wanted(m):
				found = &m
				return errFound
			default:
				seen = append(seen, m.Text)
			}
		}
		return nil
	})
	switch {
	case found != nil:
		return *found, nil
	case ctx.Err() != nil:
		return Message{}, fmt.Errorf("wait for %s: %w; %s has seen since: %q", what, ctx.Err(), who, seen)
	default:
		return Message{}, err
	}
}

// errFound ends following once the message that is waited for is there.
var errFound = errors.New("found")

func withPatience(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, limited := ctx.Deadline(); limited {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, patience)
}
