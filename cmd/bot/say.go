package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	stdio "io"
	"net/http"
	"slices"
	"strings"
	"time"

	"roombot/symphony/messageml"
)

// chatMessage is what the sandbox's control API tells of a message.
type chatMessage struct {
	MessageID string `json:"messageId"`
	StreamID  string `json:"streamId"`
	From      struct {
		Username    string `json:"username"`
		DisplayName string `json:"displayName"`
	} `json:"from"`
	Replacing string `json:"replacing"`
	Message   string `json:"message"`
	Data      string `json:"data"`
	Text      string `json:"text"`
}

type conversation struct {
	Message chatMessage   `json:"message"`
	Replies []chatMessage `json:"replies"`
}

// say speaks as one of the sandbox's people, over HTTP like anybody else, and
// prints the conversation.
func say(ctx context.Context, io streams, address string, f sandboxFlags) error {
	who, text, ok := strings.Cut(f.say, ":")
	if !ok || strings.TrimSpace(who) == "" || strings.TrimSpace(text) == "" {
		return usageError(`--say %q: write who speaks and what: 'bob: /newroom "Q2 Earnings" @alice'`, f.say)
	}
	talk, raw, err := post(ctx, address, map[string]any{
		"as": strings.TrimSpace(who), "to": botName, "text": strings.TrimSpace(text), "wait": f.wait.String(),
	}, f.wait)
	if err != nil {
		return err
	}
	if f.asJSON {
		if _, err := io.out.Write(append(raw, '\n')); err != nil {
			return err
		}
	} else {
		printChat(io.out, append([]chatMessage{talk.Message}, standing(talk.Replies)...))
	}
	if len(talk.Replies) == 0 {
		return exitError{exitFailed, fmt.Errorf("the bot did not answer within %s", f.wait)}
	}
	return nil
}

// standing is what a chat shows in the end: an edited message as it was last.
func standing(all []chatMessage) []chatMessage {
	replaced := map[string]bool{}
	for _, m := range all {
		replaced[m.Replacing] = true
	}
	return slices.DeleteFunc(all, func(m chatMessage) bool { return replaced[m.MessageID] })
}

func post(ctx context.Context, address string, body any, wait time.Duration) (conversation, []byte, error) {
	payload, err := json.Marshal(body)
	if err != nil {
		return conversation{}, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, wait+10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/sandbox/v1/say", bytes.NewReader(payload))
	if err != nil {
		return conversation{}, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return conversation{}, nil, err
	}
	defer response.Body.Close()
	const most = 8 << 20
	raw, err := stdio.ReadAll(stdio.LimitReader(response.Body, most))
	if err != nil {
		return conversation{}, nil, err
	}
	if response.StatusCode != http.StatusOK {
		return conversation{}, nil, refusal(response.StatusCode, raw)
	}
	var talk conversation
	return talk, bytes.TrimSpace(raw), json.Unmarshal(raw, &talk)
}

func refusal(status int, raw []byte) error {
	var body struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(raw, &body) != nil || body.Message == "" {
		body.Message = http.StatusText(status)
	}
	code := exitFailed
	if status == http.StatusNotFound {
		code = exitNotFound
	}
	return exitError{code, fmt.Errorf("the sandbox refused: %s", body.Message)}
}

func printChat(out stdio.Writer, messages []chatMessage) {
	for i, m := range messages {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "%s:\n", m.From.DisplayName)
		for line := range strings.Lines(strings.TrimRight(messageml.Plain(m.Message, m.Data), "\n")) {
			fmt.Fprint(out, "  ", line)
		}
		fmt.Fprintln(out)
	}
}
