// Package symphony is a client of Symphony's REST API: the pod, the agent, the key manager and the
// profile manager behind one [Client].
//
// Every method is one request literal and names its operation in its comment; [Operations] lists
// them all with how they may be repeated. Errors are *[Error] that errors.Is finds by the Err…
// values; [VerdictOf] says what they mean. Real-time events are the types that implement [Event]; a
// [Feed] reads them.
//
// Of several agents a call takes one that works (see [Balance]). When Symphony asks for fewer
// calls, all callers slow down together, and recover. An outage is a line in the log at its start,
// one at its end, and one a minute between; [Client.Stats] and [Feed.Stats] have the numbers.
//
// The client signs in on the first call that needs a session and again when a session expires; New
// touches no network. It never logs or prints tokens, keys or the text of messages.
package symphony
