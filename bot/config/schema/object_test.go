package schema_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/config/schema"
)

// house is a schema with structs in structs.
type house struct {
	schema.Keys
	place
	Kitchen kitchen           `config:"kitchen,required" doc:"where one cooks" eg:"{\"heat\": 180}"`
	Cellar  *cellar           `config:"cellar" doc:"under the house"`
	Rooms   []room            `config:"rooms"`
	Wires   map[string]string `config:"wires"`
	Garden  schema.Value      `config:"garden,unused"`
	Owner   string            `config:"owner,required"`

	notAKey int
	Derived int `config:"-"`
}

type place struct {
	Street string `config:"street,default=High Street"`
	Number int    `config:"number,default=1"`
}

type kitchen struct {
	Heat  int           `config:"heat,required,max=250" doc:"degrees" eg:"180"`
	Timer time.Duration `config:"timer,default=30m"`
}

type cellar struct {
	schema.Keys
	Bottles int     `config:"bottles,default=6"`
	Humid   float64 `config:"humid,default=0.5"`
	Dark    bool    `config:"dark,default=true"`
	Lamp    string  `config:"lamp"`
}

type room struct {
	Name string `config:"name,required"`
	Old  bool   `config:"old,unused"`
}

// RenamedTo gives the present path of an old key.
func (house) RenamedTo(key string) string {
	return map[string]string{"oven": "kitchen.heat"}[key]
}

// Check refuses a lamp in the dark, a cellar of one bottle, and a cellar of none.
func (c *cellar) Check(report func(key, message, fix string)) {
	if c.Dark && c.Has("lamp") {
		report("lamp", "does not help in the dark", "remove it")
	}
	if c.Bottles == 1 {
		report("bottles", "is lonely", "add another")
	}
	if c.Bottles == 0 {
		report("", "is empty", "")
	}
}

const smallHouse = `{"kitchen": {"heat": 200}, "owner": "ann"%s}`

func smallHouseWith(more string) string { return strings.Replace(smallHouse, "%s", more, 1) }

func TestDefaultsFillWhatTheDocumentDoesNotSet(t *testing.T) {
	t.Parallel()
	var got house
	require.Empty(t, mustDecode(t, "x.json", smallHouseWith(""), &got))
	require.Equal(t, place{Street: "High Street", Number: 1}, got.place)
	require.Equal(t, kitchen{Heat: 200, Timer: 30 * time.Minute}, got.Kitchen)
	require.Nil(t, got.Cellar, "a pointer stays nil")
	require.Nil(t, got.Rooms)
	require.Nil(t, got.Garden.Node)

	mustDecode(t, "x.json", smallHouseWith(`, "cellar": {}, "number": 9`), &got)
	require.Equal(t, 9, got.Number)
	require.Equal(t, 6, got.Cellar.Bottles)
	require.Equal(t, 0.5, got.Cellar.Humid)
	require.True(t, got.Cellar.Dark)

	mustDecode(t, "x.json", smallHouseWith(`, "cellar": {"bottles": 2, "humid": 0, "dark": false}, "street": ""`), &got)
	require.Equal(t, 2, got.Cellar.Bottles)
	require.Zero(t, got.Cellar.Humid, "0 is a value")
	require.False(t, got.Cellar.Dark)
	require.Empty(t, got.Street)

	var all kitchen
	unused, problems := schema.Value{}.Decode(&all)
	require.Empty(t, unused)
	require.Empty(t, problems)
	require.Equal(t, kitchen{Timer: 30 * time.Minute}, all, "a document that is not there asks for nothing")
}

// engineRoom has a default that a constant states.
type engineRoom struct {
	place
	Pause  time.Duration `config:"pause,default=1s"`
	Boiler string        `config:"boiler"`
}

const defaultPause = 90 * time.Second

func (engineRoom) Defaults() map[string]any {
	return map[string]any{"pause": defaultPause, "boiler": "B1", "number": 7}
}

type misled struct {
	Pause time.Duration `config:"pause"`
}

func (misled) Defaults() map[string]any { return map[string]any{"paws": time.Second} }

func TestDefaultsMayBeStatedByCode(t *testing.T) {
	t.Parallel()
	var got struct {
		Engine engineRoom `config:"engine"`
	}
	mustDecode(t, "x.json", `{}`, &got)
	require.Equal(t, engineRoom{place: place{Street: "High Street", Number: 7}, Pause: defaultPause, Boiler: "B1"}, got.Engine)
	mustDecode(t, "x.json", `{"engine": {"pause": "2s"}}`, &got)
	require.Equal(t, 2*time.Second, got.Engine.Pause)
	require.Equal(t, "1m30s", schema.Describe(engineRoom{})[2].Default)
	require.PanicsWithValue(t, `schema: schema_test.misled states a default of "paws", which is no key of it`,
		func() { schema.Describe(misled{}) })
}

func TestMissingKeysAreReportedAtTheirObject(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ content, want string }{
		{`{}`, lines(
			`x.json:1:1: kitchen: is missing: where one cooks; add "kitchen": {"heat": 180}`,
			`x.json:1:1: owner: is missing; add "owner"`)},
		{`{"owner": "ann", "kitchen": {}}`, `x.json:1:29: kitchen.heat: is missing: degrees; add "heat": 180`},
		{`{"owner": null, "kitchen": null}`, lines(
			`x.json:1:1: kitchen: is missing: where one cooks; add "kitchen": {"heat": 180}`,
			`x.json:1:1: owner: is missing; add "owner"`)},
		{smallHouseWith(`, "rooms": [{"name": "blue"}, {}]`), `x.json:1:72: rooms[1].name: is missing; add "name"`},
		{smallHouseWith(`, "rooms": [{"name": " "}]`), `x.json:1:63: rooms[0].name: " " is empty; add "name"`},
	} {
		_, problems := decode("x.json", row.content, &house{})
		require.Equal(t, row.want, problems, row.content)
	}
}

func TestUnknownKeysAreReportedWithTheLikelyOne(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ more, want string }{
		{`, "Street": 1`, `x.json:1:44: Street: is not a key that is known here; did you mean "street"?`},
		{`, "numbr": 1`, `x.json:1:44: numbr: is not a key that is known here; did you mean "number"?`},
		{`, "wi-res": {}`, `x.json:1:44: wi-res: is not a key that is known here; did you mean "wires"?`},
		{`, "oven": 1`, `x.json:1:44: oven: is not a key that is known here; it was renamed: write "kitchen": {"heat": …}`},
		{`, "Derived": 1`, `x.json:1:44: Derived: is not a key that is known here; known here: street, number, kitchen, cellar, rooms, wires, garden, owner`},
		{`, "notAKey": 1, "-": 2`, lines(
			`x.json:1:44: notAKey: is not a key that is known here; known here: street, number, kitchen, cellar, rooms, wires, garden, owner`,
			`x.json:1:58: -: is not a key that is known here; remove it`)},
		{`, "rooms": [{"name": "a", "colour": 1}, {"name": "b", "colour": 1}]`, lines(
			`x.json:1:68: rooms[0].colour: is not a key that is known here; known here: name, old`,
			`x.json:1:96: rooms[1].colour: is not a key that is known here; remove it`)},
		{`, "": 1`, `x.json:1:44: [""]: is not a key that is known here; known here: street, number, kitchen, cellar, rooms, wires, garden, owner`},
		{`, "a.b [\"c\"]\n": 1`, `x.json:1:44: ["a.b [\"c\"]\n"]: is not a key that is known here; known here: street, number, kitchen, cellar, rooms, wires, garden, owner`},
	} {
		_, problems := decode("x.json", smallHouseWith(row.more), &house{})
		require.Equal(t, row.want, problems, row.more)
	}
}

func TestMisspeltRequiredKeyIsNotMissingToo(t *testing.T) {
	t.Parallel()
	_, problems := decode("x.json", `{"kitchen": {"Heat": 200}, "owners": "ann"}`, &house{})
	require.Equal(t, lines(
		`x.json:1:14: kitchen.Heat: is not a key that is known here; did you mean "heat"?`,
		`x.json:1:28: owners: is not a key that is known here; did you mean "owner"?`), problems)
	_, problems = decode("x.json", `{"oven": 200, "owner": "ann"}`, &house{})
	require.Equal(t, `x.json:1:2: oven: is not a key that is known here; it was renamed: write "kitchen": {"heat": …}`, problems)
}

func TestRepeatedKeysAreReported(t *testing.T) {
	t.Parallel()
	_, problems := decode("x.json", "{\"owner\": \"ann\",\n \"kitchen\": {\"heat\": 1, \"heat\": 2},\n \"owner\": \"bob\", \"owner\": 3, \"wires\": {\"a\": \"1\", \"a\": \"2\"}, \"odd\": 1, \"odd\": 2}", &house{})
	require.Equal(t, lines(
		`x.json:2:25: kitchen.heat: is set twice, first on line 2; keep one of them`,
		`x.json:3:2: owner: is set twice, first on line 1; keep one of them`,
		`x.json:3:18: owner: is set twice, first on line 1; keep one of them`,
		`x.json:3:50: wires.a: is set twice, first on line 3; keep one of them`,
		`x.json:3:61: odd: is not a key that is known here; known here: street, number, kitchen, cellar, rooms, wires, garden, owner`,
		`x.json:3:71: odd: is set twice, first on line 3; keep one of them`), problems)
}

func TestChecksOfAStructAreReportedAtTheirKeys(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ cellar, want string }{
		{`{"lamp": "L"}`, `x.json:1:63: cellar.lamp: does not help in the dark; remove it`},
		{`{"bottles": 1}`, `x.json:1:66: cellar.bottles: is lonely; add another`},
		{`{"bottles": 0}`, `x.json:1:54: cellar: is empty`},
		{`{"bottles": 0, "lamp": "L", "dark": false}`, `x.json:1:54: cellar: is empty`},
		{`{"bottles": "1", "lamp": "L"}`, lines(
			`x.json:1:54: cellar: is empty`, // what is wrong is not filled in
			`x.json:1:66: cellar.bottles: "1" is text and is not a whole number; write it without quotes`,
			`x.json:1:79: cellar.lamp: does not help in the dark; remove it`)},
	} {
		_, problems := decode("x.json", smallHouseWith(`, "cellar": `+row.cellar), &house{})
		require.Equal(t, row.want, problems, row.cellar)
	}
}

func TestProblemOfAKeyThatIsNotSetIsReportedAtItsObject(t *testing.T) {
	t.Parallel()
	var got struct {
		Fence fence `config:"fence"`
	}
	_, problems := decode("x.json", `{"fence": {}}`, &got)
	require.Equal(t, `x.json:1:11: fence.gate: is not there; build one`, problems)
}

type fence struct {
	Gate string `config:"gate"`
}

func (f fence) Check(report func(key, message, fix string)) {
	if f.Gate == "" {
		report("gate", "is not there", "build one")
	}
}

func TestKeysKnowWhatTheDocumentSets(t *testing.T) {
	t.Parallel()
	var got house
	mustDecode(t, "x.json", smallHouseWith(`, "street": "High Street", "cellar": {"lamp": null, "dark": false}`), &got)
	for key, want := range map[string]bool{
		"street": true, "number": false, "kitchen": true, "owner": true, "cellar": true, "garden": false, "odd": false,
	} {
		require.Equal(t, want, got.Has(key), key)
	}
	require.True(t, got.Cellar.Has("dark"))
	require.False(t, got.Cellar.Has("lamp"), "null sets nothing")
	require.False(t, schema.Keys{}.Has("x"))
}

func TestUnusedKeysAreListedInTheirOrder(t *testing.T) {
	t.Parallel()
	var got house
	unused := mustDecode(t, "x.json", smallHouseWith(`, "rooms": [{"name": "a", "old": true}, {"name": "b", "old": null}], "garden": {"x": [1]}`), &got)
	require.Equal(t, []string{"rooms[0].old", "garden"}, unused)
	require.True(t, got.Rooms[0].Old, "it is read all the same")
	_, problems := decode("x.json", smallHouseWith(`, "rooms": [{"name": "a", "old": "yes"}]`), &got)
	require.Equal(t, `x.json:1:75: rooms[0].old: "yes" is text and is not true or false; write true or false`, problems)
}

func TestValidKeysAreReadBesideProblems(t *testing.T) {
	t.Parallel()
	var got house
	_, problems := decode("x.json", `{"street": "Low Street", "number": "x", "kitchen": {"heat": 900, "timer": "1m"}, "owner": "ann"}`, &got)
	require.Equal(t, 2, strings.Count(problems, "x.json:"))
	require.Equal(t, "Low Street", got.Street)
	require.Equal(t, time.Minute, got.Kitchen.Timer)
	require.Zero(t, got.Number)
	require.Zero(t, got.Kitchen.Heat)
	require.Equal(t, "ann", got.Owner)
}

func TestDescribeListsEveryKey(t *testing.T) {
	t.Parallel()
	require.Equal(t, []schema.Entry{
		{Path: "street", Default: "High Street"},
		{Path: "number", Default: "1"},
		{Path: "kitchen.heat", Doc: "degrees", Required: true},
		{Path: "kitchen.timer", Default: "30m"},
		{Path: "cellar.bottles", Default: "6"},
		{Path: "cellar.humid", Default: "0.5"},
		{Path: "cellar.dark", Default: "true"},
		{Path: "cellar.lamp"},
		{Path: "rooms[].name", Required: true},
		{Path: "rooms[].old", Unused: true},
		{Path: "wires"},
		{Path: "garden", Unused: true},
		{Path: "owner", Required: true},
	}, schema.Describe(house{notAKey: 1}))
	require.Equal(t, []string{"a", "b", "c"}, schema.Describe(kinds{})[4].OneOf)
}
