// Package world is what a Symphony pod knows and the rules it goes by: people, companies, rooms,
// chats, groups, messages, datafeeds, connections and rights. It does not know HTTP or the JSON
// that bots read: package sandbox is the API in front of it, and package sandbox/control lets its
// people speak.
//
//	w := world.New(world.Config{})
//	bob := w.PersonNamed("bob")
//	room, err := w.CreateRoom(bob, world.RoomChange{Name: &name})
//
// An operation that the service would not do gives a *Error. A World is not safe for concurrent
// use: its owner has a mutex, and holds it during each operation.
package world
