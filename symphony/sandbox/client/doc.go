// Package client speaks to a sandbox pod from outside: as its people, as who watches it, and as who
// makes trouble in it. It is the typed form of the control API under /sandbox/v1/, whose server
// uses the same types.
//
// The types carry the field names of the API; answers.go and chats.go have what the pod answers,
// requests.go what it takes, frame.go what its WebSocket sends.
package client
