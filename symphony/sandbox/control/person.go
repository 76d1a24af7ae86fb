package control

import (
	"net/http"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// person finds who a request is made as.
func (c *Control) person(username string) (*world.Person, error) {
	if username == "" {
		return nil, rest.BadRequest("as: whose username?")
	}
	who := c.world.PersonNamed(username)
	if who == nil {
		return nil, rest.Refuse(http.StatusNotFound, "There is nobody with the username %q", username)
	}
	return who, nil
}

// userIDs are the ids of people by their usernames.
func (c *Control) userIDs(usernames []string) ([]int64, error) {
	ids := []int64{}
	for _, username := range usernames {
		who, err := c.person(username)
		if err != nil {
			return nil, err
		}
		ids = append(ids, who.ID)
	}
	return ids, nil
}

// personIfNamed is person that gives nil where nobody is named.
func (c *Control) personIfNamed(username string) (*world.Person, error) {
	if username == "" {
		return nil, nil
	}
	return c.person(username)
}

// reader finds who a GET is made as.
func (c *Control) reader(r *request) (*world.Person, error) { return c.person(r.Query.Get("as")) }

func encodePerson(who *world.Person) client.Person {
	return client.Person{
		ID: who.ID, Username: who.Username, DisplayName: who.Display, Email: who.Email, Company: who.Company, Title: who.Title,
		AccountType: who.Type, Active: who.Active, External: who.IsExternal(), About: who.About,
	}
}

func (c *Control) encodePeople() []client.Person {
	people := []client.Person{}
	for _, who := range c.world.People() {
		people = append(people, encodePerson(who))
	}
	return people
}

func (c *Control) people(*request) (any, error) {
	groups := []client.PeopleGroup{}
	for _, g := range c.world.Groups() {
		groups = append(groups, client.PeopleGroup{ID: g.ID, ProfileID: g.Profile, Name: g.Name, Members: g.MemberIDs()})
	}
	return client.PeopleAnswer{People: c.encodePeople(), Groups: groups, Bot: encodePerson(c.world.Bot())}, nil
}
