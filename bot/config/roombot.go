package config

import (
	"net"
	"strconv"
	"strings"
	"time"

	"roombot/bot/config/schema"
	"roombot/bot/policy"
	"roombot/commands"
)

// Roombot holds the keys that the vendor's kits do not have.
type Roombot struct {
	Store       Store         `config:"store,default=roombot.db" doc:"where jobs are kept: an SQLite file for one process, or postgres://… for several"`
	Replica     string        `config:"replica" doc:"the name of this process among several; the host's name by default"`
	Policy      schema.Value  `config:"policy" doc:"who may do what: the rules, or the path of a file that holds them; without it everything but /help is denied"`
	Replies     Replies       `config:"replies"`
	Limits      Limits        `config:"limits"`
	Retention   Retention     `config:"retention"`
	Audit       Audit         `config:"audit"`
	Log         Log           `config:"log"`
	Health      HealthPage    `config:"health"`
	SearchLag   time.Duration `config:"searchLag,min=0s,max=10m" doc:"how long a new room or message may be missing from the pod's search"`
	HTTPTimeout time.Duration `config:"httpTimeout,min=1s,max=5m" doc:"longest time of a single call to Symphony, except the feed's long poll"`
	Insecure    bool          `config:"insecure,default=false" doc:"run although a component on another machine is called over plain http"`
}

// Defaults are the constants of the package that waits and calls.
func (Roombot) Defaults() map[string]any {
	return map[string]any{"searchLag": commands.DefaultSearchLag, "httpTimeout": commands.DefaultCallTimeout}
}

// Replies says where errors are shown and whom refused users are sent to.
type Replies struct {
	Contact      string `config:"contact" doc:"whom a refused user should ask: \"Ask … .\""`
	PrivateAbove int    `config:"privateAbove,default=10,min=0" doc:"in rooms of more people than this, errors, warnings and forms go to the 1:1 chat"`
}

// Defaults are the constants of the package that names the contact.
func (Replies) Defaults() map[string]any { return map[string]any{"contact": policy.DefaultContact} }

// Limits bound what one request and all requests together may take.
type Limits struct {
	MaxMembers      int `config:"maxMembers,min=1,max=10000" doc:"people named in one /newroom"`
	MaxPeople       int `config:"maxPeople,min=1,max=10000" doc:"people in one /newroom in all: the requester, those named and those in its groups, each counted once"`
	Workers         int `config:"workers,default=32,min=1,max=256" doc:"jobs executed at once, by each replica"`
	RoomsPerHour    int `config:"roomsPerHour,min=0,max=100000" doc:"rooms that one person may open in an hour; 0 for any number"`
	PerPerson       int `config:"perPerson,default=10,min=1,max=10000" doc:"unfinished requests of one person in one chat; more are left out, and the person is told"`
	PerConversation int `config:"perConversation,default=40,min=1,max=10000" doc:"unfinished requests of one chat; more are left out, and each person left out is told"`
	Queue           int `config:"queue,default=1000,min=1,max=1000000" doc:"jobs that may wait in all; with so many, the feed is not read until there are fewer"`
}

// Defaults are the constants of the packages that keep the limits. The engine requires the number
// of workers, so its default stands here. Package bot, which keeps the bounds, stands above this
// package; a test compares its constants with the tags.
func (Limits) Defaults() map[string]any {
	return map[string]any{
		"maxMembers": commands.DefaultMaxMembers, "maxPeople": commands.DefaultMaxPeople, "roomsPerHour": commands.DefaultRoomsPerHour,
	}
}

// Retention says how long what is not needed any more is kept.
type Retention struct {
	// Commands is longer than the history is searched for missed requests.
	Commands time.Duration `config:"commands,default=30d,min=2d,max=3650d" doc:"how long finished jobs are kept, so that nothing runs twice; the text of a done one goes at once"`
	Facts    time.Duration `config:"facts,default=30d,min=1d,max=3650d" doc:"how long the audit record keeps names, addresses and the text of a command; its ids and codes stay"`
	Record   time.Duration `config:"record,default=0s,max=36500d" doc:"how long entries of the audit record are kept, in days such as 2555d; 0s for ever"`
}

// Audit says who is told of the audit record.
type Audit struct {
	File string `config:"file" doc:"gets a line of JSON for each entry of the audit record, for collectors; none by default"`
	Room string `config:"room" doc:"stream id of a room of the bot's that gets the head of the audit record each hour; none by default"`
}

// Log says what is logged and in which form.
type Log struct {
	Level  string `config:"level,default=info,oneof=trace|debug|info|warn|error" doc:"least level that is logged"`
	Format string `config:"format,default=json,oneof=json|console" doc:"json for machines, console for people"`
}

// HealthPage says where the bot serves its health pages.
type HealthPage struct {
	Listen Listen `config:"listen" doc:"host:port of the health page, such as 127.0.0.1:8081; none by default"`
}

// Listen is a host:port to listen on; empty for none.
type Listen string

// UnmarshalText accepts host:port. ":8081" is every interface; port 0 is any free port.
func (l *Listen) UnmarshalText(text []byte) error {
	value := strings.TrimSpace(string(text))
	if value == "" {
		*l = ""
		return nil
	}
	_, port, err := net.SplitHostPort(value)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n > 65535 {
		return &schema.InvalidValue{What: "is not host:port", Fix: "write 127.0.0.1:8081"}
	}
	*l = Listen(value)
	return nil
}
