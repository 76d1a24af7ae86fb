package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	stdio "io"
	"strings"

	"github.com/spf13/cobra"

	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// deliveredMessage is a message as Symphony delivers it.
type deliveredMessage struct {
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

func parseCommand(io streams) *cobra.Command {
	var bot int64
	var in string
	var members int
	c := &cobra.Command{
		Use:   "parse [TEXT]",
		Short: "Show what the bot understands of a message",
		Long: `Reads a message and prints, as one JSON object, what the bot would make of it:
a command, an error with its place and a corrected line, a form, help, or
{"ignore":true} for a message that is not addressed to the bot.

The message is TEXT; or, on standard input, a message as Symphony delivers it:
{"message": "<div …>…</div>", "data": "{…}"}. Nothing is sent anywhere.`,
		Example: `  bot parse '/newroom "Q2 Earnings" @alice group:"Test Group"'
  bot parse --bot-id 7078106103815 --in room < message.json`,
		Args: requireOneMessage,
		RunE: func(_ *cobra.Command, args []string) error {
			if in != "im" && in != "room" {
				return usageError("--in %q: write im (1:1 chat) or room", in)
			}
			content, err := readMessage(args, io.in)
			if err != nil {
				return err
			}
			grammar := new(commands.Env).Commands().Grammar(symphony.UserID(bot), members)
			return printParsed(io.out, grammar, commands.ReadMessage(content, in == "room"))
		},
	}
	c.Flags().Int64Var(&bot, "bot-id", 0, "the bot's user id, by which a mention addresses it")
	c.Flags().StringVar(&in, "in", "im", "where the message was written: im (1:1 chat) or room")
	completeWords(c, "in", "im", "room")
	c.Flags().IntVar(&members, "max-members", commands.DefaultMaxMembers, "how many people one request may name")
	return c
}

// requireOneMessage refuses a message that the shell has split.
func requireOneMessage(c *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("%s TEXT: the message came in %d parts; put it between single quotes", c.CommandPath(), len(args))
	}
	return nil
}

// printParsed prints the parser's result. Of an error, "reply" is the text that the chat would
// show.
func printParsed(out stdio.Writer, g syntax.Grammar, m syntax.Message) error {
	result := g.Parse(m)
	raw, err := json.Marshal(result)
	if err != nil {
		return err
	}
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber() // user ids have more digits than a float
	if err := decoder.Decode(&object); err != nil {
		return err
	}
	if e, ok := object["error"].(map[string]any); ok {
		e["reply"] = result.Error.Reply(m.Text)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(object)
}

// readMessage reads the message from the arguments or, without any, from the input.
func readMessage(args []string, in stdio.Reader) (messageml.Content, error) {
	if len(args) == 1 {
		return messageml.Content{Text: args[0]}, nil
	}
	const most = 4 << 20
	text, err := stdio.ReadAll(stdio.LimitReader(in, most+1))
	if err != nil {
		return messageml.Content{}, fmt.Errorf("read the message: %w", err)
	}
	if len(text) > most {
		return messageml.Content{}, fmt.Errorf("the message is larger than %d MiB", most>>20)
	}
	var d deliveredMessage
	if err := json.Unmarshal(text, &d); err != nil {
		return messageml.Content{}, fmt.Errorf(`read the message: want {"message": "…", "data": "…"}: %w`, err)
	}
	return messageml.Read(d.Message, d.entities())
}

// entities is the data part. Symphony delivers it as a string; people write it as an object.
func (d deliveredMessage) entities() string {
	var s string
	if json.Unmarshal(d.Data, &s) == nil {
		return s
	}
	return strings.TrimSpace(string(d.Data))
}
