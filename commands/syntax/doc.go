// Package syntax reads what people type to the bot.
//
// A [Grammar] holds the descriptions of the commands; [Grammar.Parse] turns one message (its text
// in code points and the spans of its mentions) into exactly one of: a command, an error with its
// place and where possible a corrected line, a form to fill in, a request for help, or nothing
// because the message was meant for somebody else.
//
// The package is pure: it looks nobody up, decides no permission and escapes nothing. People are
// mentions, e-mail addresses or @usernames, and never guessed from a name. Whatever it returns is
// data that must be escaped where it is shown. Work is linear in the length of the message.
package syntax
