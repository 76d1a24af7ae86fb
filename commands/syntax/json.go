package syntax

import "encoding/json"

// MarshalJSON writes the result as one object with only what is set.
func (r Result) MarshalJSON() ([]byte, error) {
	out := resultJSON{Help: r.Help, Ignore: r.Ignore}
	if r.Command != nil {
		out.Command = r.Command.Command
		out.invocationJSON = r.Command.toJSON()
	}
	if e := r.Error; e != nil {
		out.Error = e.toJSON()
	}
	if r.Form != nil {
		out.Form = &formJSON{Missing: r.Form.Missing, Prefill: r.Form.Prefill.toJSON()}
	}
	return json.Marshal(out)
}

type resultJSON struct {
	Command string `json:"command,omitempty"`
	invocationJSON
	Error  *errorJSON `json:"error,omitempty"`
	Form   *formJSON  `json:"form,omitempty"`
	Help   string     `json:"help,omitempty"`
	Ignore bool       `json:"ignore,omitempty"`
}

type invocationJSON struct {
	Name      string         `json:"name,omitempty"`
	Users     []int64        `json:"users,omitempty"`
	Usernames []string       `json:"usernames,omitempty"`
	Emails    []string       `json:"emails,omitempty"`
	Groups    []string       `json:"groups,omitempty"`
	Options   map[string]any `json:"options,omitempty"`
	Notes     []Note         `json:"notes,omitempty"`
	Text      string         `json:"text,omitempty"`
}

func (i Invocation) toJSON() invocationJSON {
	return invocationJSON{
		Name: i.Name, Users: i.Users, Usernames: i.Usernames, Emails: i.Emails,
		Groups: i.Groups, Options: i.Options, Notes: i.Notes, Text: i.Text,
	}
}

type formJSON struct {
	Missing []string       `json:"missing"`
	Prefill invocationJSON `json:"prefill"`
}

type errorJSON struct {
	Code    Code   `json:"code"`
	At      int    `json:"at"`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"`
	Count   int    `json:"count,omitempty"`
	Limit   int    `json:"limit,omitempty"`
	Option  string `json:"option,omitempty"`
}

func (e *Error) toJSON() *errorJSON {
	out := &errorJSON{Code: e.Code, At: e.At, Message: e.Message, Count: e.Count, Limit: e.Limit, Option: e.Option}
	if e.Fix != nil {
		out.Fix = e.Fix.Text
	}
	return out
}
