package main

import (
	"context"
	stdrsa "crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	stdio "io"
	"math"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"

	"roombot/bot"
	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/rsa"
	"roombot/symphony"
)

func auditReceipt(io streams, path *string) *cobra.Command {
	var asJWS bool
	c := &cobra.Command{
		Use:   "receipt ROOM",
		Short: "Tell how a room came about, and sign that",
		Long: `Tells of a room that the bot has opened, by its stream id: who asked for it, by
which rule and version of the policy that was allowed, who was let in and who was
not, and what the bot has changed later. --jws prints the receipt that is signed by
the bot's key (bot.privateKey), which bot audit verify RECEIPT --key checks
without the store. It has the entries of the audit record with names and what was
typed, as long as those are not erased.`,
		Example: "  bot audit receipt pLNTJA1BZ-fGbqmZ9GyjH3___mOQhQqYdA\n  bot audit receipt pLNTJA1BZ-fGbqmZ9GyjH3___mOQhQqYdA --jws > room.jws",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			room, err := symphony.ParseStreamID(args[0])
			if err != nil {
				return usageError("%s audit receipt ROOM: %v", programName, err)
			}
			return inspect(cmd.Context(), *path, func(ctx context.Context, store *engine.Inspector) error {
				r, err := readReceiptOf(ctx, store, room)
				switch {
				case err != nil:
					return err
				case asJWS:
					return signReceipt(io.out, *path, r)
				}
				return printRoom(io.out, r)
			})
		},
	}
	c.Flags().BoolVar(&asJWS, "jws", false, "print the signed receipt, and nothing else")
	return c
}

// readReceiptOf makes the receipt about a room from the store.
func readReceiptOf(ctx context.Context, store *engine.Inspector, room symphony.StreamID) (audit.Receipt, error) {
	r, later, err := bot.NewReceipt(ctx, store, room)
	if err != nil {
		return audit.Receipt{}, err
	}
	if later > 0 {
		return audit.Receipt{}, fmt.Errorf("%d entries about the room are not in the chain yet: a running bot links them within a second; try again", later)
	}
	if _, found := bot.TellRoom(r); !found {
		return audit.Receipt{}, exitError{exitNotFound, fmt.Errorf("the audit record does not tell that the bot has opened the room %s", room)}
	}
	if faults := r.Verify(); len(faults) > 0 {
		return audit.Receipt{}, fmt.Errorf("the audit record was changed: %s; %s audit verify tells more", faults[0].What, programName)
	}
	return r, nil
}

func signReceipt(out stdio.Writer, path string, r audit.Receipt) error {
	c, err := loadConfig(path)
	if err != nil {
		return err
	}
	if usesCertificate(c) {
		return fmt.Errorf("a receipt is signed by bot.privateKey: %w", symphony.ErrNoSigningKey)
	}
	key, err := loadPrivateKey(c.Bot.PrivateKey)
	if err != nil {
		return err
	}
	text, err := r.Write()
	if err != nil {
		return err
	}
	signed, err := key.Sign(audit.ReceiptKind, text)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, signed)
	return err
}

// printRoom prints the story of a room.
func printRoom(out stdio.Writer, r audit.Receipt) error {
	story, found := bot.TellRoom(r)
	if !found {
		return errors.New("the receipt does not tell how the room was opened")
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "Room\t%s\n", printable(r.Room))
	for _, line := range story.Lines(commands.StoryReader{Admin: true, Most: math.MaxInt, Bot: "the bot"}) {
		fmt.Fprintf(w, "%s\t%s\n", line.Title, formatParts(line.Parts))
	}
	return w.Flush()
}

func formatParts(parts []commands.StoryPart) string {
	var b strings.Builder
	for _, part := range parts {
		switch {
		case part.Typed:
			b.WriteString(strconv.Quote(part.Text))
		case part.Person == nil:
			b.WriteString(printable(part.Text))
		case part.Person.Name != "":
			b.WriteString(printable(part.Person.Name) + " (" + part.Person.ID.String() + ")")
		default:
			b.WriteString(part.Person.ID.String())
		}
	}
	return b.String()
}

// printable is a text that moves nothing in a terminal or a table.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '�'
	}, text)
}

// receiptReport is what was found out about a signed receipt.
type receiptReport struct {
	Key     string        `json:"key"` // fingerprint of the key that was given
	Signed  bool          `json:"signed"`
	Problem string        `json:"problem,omitempty"` // why it counts as not signed, or cannot be read
	Room    string        `json:"room,omitempty"`
	Entries int           `json:"entries,omitempty"`
	Faults  []audit.Fault `json:"faults,omitempty"`
	receipt audit.Receipt
}

func (r receiptReport) isWhole() bool { return r.Signed && r.Problem == "" && len(r.Faults) == 0 }

// verifyReceipt verifies a signed receipt by the file of a public key, and prints what it tells.
func verifyReceipt(io streams, name, keyFile string, asJSON bool) error {
	if keyFile == "" {
		return usageError("%s audit verify RECEIPT --key FILE: give the bot's public key, which %s keygen made", programName, programName)
	}
	pem, err := readSmallFile(io.in, keyFile)
	if err != nil {
		return err
	}
	public, err := rsa.ParsePublic(pem)
	if err != nil {
		return fmt.Errorf("%s: %w", keyFile, err)
	}
	signed, err := readSmallFile(io.in, name)
	if err != nil {
		return err
	}
	unwrapped := strings.Join(strings.Fields(string(signed)), "") // mail programs break lines
	report := checkReceipt(unwrapped, public)
	if asJSON {
		err = json.NewEncoder(io.out).Encode(report)
	} else {
		err = printReceiptReport(io.out, report)
	}
	if err == nil && !report.isWhole() {
		return exitError{exitFailed, errReported}
	}
	return err
}

func checkReceipt(signed string, public *stdrsa.PublicKey) receiptReport {
	report := receiptReport{Key: rsa.Fingerprint(public)}
	text, err := rsa.Verify(audit.ReceiptKind, signed, public)
	if err == nil {
		report.Signed = true
		report.receipt, err = audit.ReadReceipt(text)
	}
	if err != nil {
		report.Problem = err.Error()
		return report
	}
	report.Room, report.Entries, report.Faults = report.receipt.Room, len(report.receipt.Entries), report.receipt.Verify()
	return report
}

func printReceiptReport(out stdio.Writer, r receiptReport) error {
	var b strings.Builder
	if r.Signed {
		fmt.Fprintf(&b, "✓ It is signed by the key %s.\n", r.Key)
	}
	if r.Problem != "" {
		fmt.Fprintf(&b, "✗ %s\n", printable(r.Problem))
	}
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "✗ %s\n", printable(f.What))
	}
	if r.isWhole() {
		fmt.Fprintf(&b, "✓ Its %d entries are whole, in their order, and about the room.\n", r.Entries)
	}
	if _, err := stdio.WriteString(out, b.String()); err != nil || !r.isWhole() {
		return err // what does not hold tells no story
	}
	return printRoom(out, r.receipt)
}

// maxSmallFile is the most that is read of a receipt or a key, in bytes: base64 is by a third
// longer than what it stands for.
const maxSmallFile = audit.MaxReceipt*4/3 + 4096

// openInput opens a file, or the standard input for -.
func openInput(in stdio.Reader, name string) (stdio.ReadCloser, error) {
	if name == "-" {
		return stdio.NopCloser(in), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, exitError{exitNotFound, err}
	}
	return f, nil
}

// readSmallFile reads a file, or the standard input for -.
func readSmallFile(in stdio.Reader, name string) ([]byte, error) {
	from, err := openInput(in, name)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	text, err := stdio.ReadAll(stdio.LimitReader(from, maxSmallFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case len(text) > maxSmallFile:
		return nil, fmt.Errorf("%s: this is too long for a receipt or a key", name)
	}
	return text, nil
}
