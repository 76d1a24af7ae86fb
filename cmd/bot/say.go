package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	stdio "io"
	"net/http"
	"slices"
	"strings"

	"roombot/commands"
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/client"
)

// say speaks as one of the sandbox's people, over HTTP like anybody else, and
// prints the conversation.
func say(ctx context.Context, io streams, address string, f sandboxFlags) error {
	who, text, ok := strings.Cut(f.say, ":")
	if !ok || strings.TrimSpace(who) == "" || strings.TrimSpace(text) == "" {
		return usageError(`--say %q: write who speaks and what: 'bob: /newroom "Q2 Earnings" @alice'`, f.say)
	}
	pod := client.New(address)
	defer pod.Close()
	talk, err := pod.Say(ctx, client.SayRequest{
		As: strings.TrimSpace(who), To: botName, Text: strings.TrimSpace(text), Wait: f.wait.String(),
	})
	if err != nil {
		return sandboxFailure(err)
	}
	final := withoutReplaced(talk.Replies)
	if f.asJSON {
		if err := writeConversation(io.out, talk); err != nil {
			return err
		}
	} else {
		printMessages(io.out, append([]client.Message{talk.Message}, final...))
	}
	switch {
	case len(final) == 0:
		return exitError{exitFailed, fmt.Errorf("the bot did not answer within %s", f.wait)}
	case slices.ContainsFunc(final, func(m client.Message) bool { return commands.IsFailure(m.Data) }):
		return exitError{exitFailed, errReported}
	}
	return nil
}

// withoutReplaced leaves of an edited message the latest version.
func withoutReplaced(all []client.Message) []client.Message {
	replaced := map[string]bool{}
	for _, m := range all {
		replaced[m.Replacing] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(m client.Message) bool { return replaced[m.ID] })
}

// sandboxFailure gives a refusal of the sandbox its exit code.
func sandboxFailure(err error) error {
	refused, ok := errors.AsType[*client.Error](err)
	if !ok {
		return err
	}
	code := exitFailed
	if refused.Status == http.StatusNotFound {
		code = exitNotFound
	}
	return exitError{code, fmt.Errorf("the sandbox refused: %s", refused.Message)}
}

// writeConversation writes a conversation as JSON, with its markup readable.
func writeConversation(out stdio.Writer, talk client.Conversation) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(talk)
}

func printMessages(out stdio.Writer, messages []client.Message) {
	for i, m := range messages {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "%s:\n", m.From.DisplayName)
		for line := range strings.Lines(strings.TrimRight(messageml.Plain(m.Markup, m.Data), "\n")) {
			fmt.Fprint(out, "  ", line)
		}
		fmt.Fprintln(out)
	}
}
