package world

import "strings"

// directory finds people by what they are called. Nobody is added to a pod or renamed while it
// runs.
type directory struct {
	byID                       map[int64]*Person
	byUsername, byEmail, named map[string]*Person // lower case; of two people the first
}

func newDirectory(people []*Person) directory {
	d := directory{
		byID: make(map[int64]*Person, len(people)), byUsername: make(map[string]*Person, len(people)),
		byEmail: make(map[string]*Person, len(people)), named: make(map[string]*Person, 2*len(people)),
	}
	for _, p := range people {
		d.byID[p.ID] = p
		setFirst(d.byUsername, p.Username, p)
		setFirst(d.byEmail, p.Email, p)
		setFirst(d.named, p.Display, p)
		setFirst(d.named, p.Username, p)
	}
	return d
}

func setFirst(index map[string]*Person, key string, p *Person) {
	key = strings.ToLower(key)
	if _, taken := index[key]; !taken {
		index[key] = p
	}
}

// Person finds somebody by id; nil when there is nobody.
func (w *World) Person(id int64) *Person { return w.directory.byID[id] }

// PersonNamed finds somebody by username; nil when there is nobody.
func (w *World) PersonNamed(username string) *Person {
	return w.directory.byUsername[strings.ToLower(username)]
}

// PersonCalled finds somebody by display name or username; nil when there is nobody.
func (w *World) PersonCalled(name string) *Person { return w.directory.named[strings.ToLower(name)] }

func (w *World) personWithEmail(email string) *Person {
	return w.directory.byEmail[strings.ToLower(email)]
}
