// Package world is what a Symphony pod knows and the rules it goes by: people, companies, rooms,
// chats, groups, messages, datafeeds, connections and rights. It knows nothing of HTTP and of the
// JSON that bots read: package sandbox is the API in front of it, package sandbox/control the way
// to speak as its people.
//
//	w := world.New(world.Config{})
//	bob := w.PersonNamed("bob")
//	room, err := w.CreateRoom(bob, world.RoomChange{Name: &name})
//
// An operation that the service would not do gives a *Error. A World is not safe for concurrent
// use: whoever has one has a mutex, and holds it for the length of an operation.
package world
