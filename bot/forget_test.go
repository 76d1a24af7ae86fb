package bot_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/engine"
)

func TestAPersonIsFoundInWhatJobsSay(t *testing.T) {
	t.Parallel()
	said := func(payload string, results ...string) engine.Said {
		s := engine.Said{Payload: json.RawMessage(payload)}
		for _, r := range results {
			s.Results = append(s.Results, json.RawMessage(r))
		}
		return s
	}
	all := map[string]engine.Said{
		"asked":   said(`{"from":{"id":12987981103203,"name":"Jane Doe","username":"jdoe","email":"Jane.Doe@acme.test"},"text":"hello"}`),
		"planned": said(`{"from":{"id":1,"username":"bob"}}`, `{"people":[{"id":12987981103203,"username":"jdoe"}]}`),
		"typed":   said(`{"from":{"id":1,"username":"bob"},"text":"<div>/newroom X jane.doe@acme.test</div>"}`),
		"mention": said(`{"from":{"id":1,"username":"bob"},"data":"{\"0\":{\"id\":[{\"value\":\"12987981103203\"}]}}"}`),
		"shown":   said(`null`, `{"reply":{"MessageML":"<p>@jdoe: no answer</p>"}}`),
		"quoted":  said(`{"from":{"id":1,"username":"bob"},"text":"<div>/newroom user:&quot;jdoe&quot;</div>"}`),
		"listed":  said(`{"from":{"id":1,"username":"bob"},"text":"<div>/newroom X people: alex, sam and jdoe</div>"}`),
		"replied": said(`null`, `{"reply":{"messageML":"<p><mention uid=\"12987981103203\"/></p>"}}`),
		"form":    said(`{"from":{"id":1},"form":{"id":"f","values":{"people":[12987981103203]}}}`),
		"title":   said(`{"from":{"id":1},"roomName":"jdoe","text":"<div>/newroom \"@jdoe and jane.doe@acme.test\" jdoe &quot;x @jdoe&quot;</div>","form":{"values":{"name":"@jdoe"}}}`),
		"other":   said(`{"from":{"id":1},"text":"<span class=\"entity\" data-entity-id=\"0\">@JDoe Miller</span> @jdoe.two user:jdoe-x"}`),
		"longer":  said(`{"from":{"id":129879811032034,"username":"jdoes"},"text":"xjdoe éjdoe mary-jane.doe@acme.testing"}`),
		"counted": said(`null`, `{"act":"asked","n":12987981103203,"line":12987981103203}`),
		"nobody":  said(`{"from":{"id":0,"username":"","email":""}}`),
		"odd":     said(`jdoe`),
	}
	want := []string{"asked", "form", "listed", "mention", "odd", "planned", "quoted", "replied", "shown", "typed"}
	for _, person := range []string{"12987981103203", "JDoe", "jane.doe@ACME.test"} {
		require.Equal(t, want, bot.JobsConcerning(person)(all), person)
	}
	require.Equal(t, []string{"form", "listed", "mention", "other", "planned", "quoted", "title", "typed"}, bot.JobsConcerning("bob")(all))
	require.Empty(t, bot.JobsConcerning("alice")(all))
	require.Empty(t, bot.JobsConcerning(" ")(all))
	require.Empty(t, bot.JobsConcerning("")(all))
	mention := map[string]engine.Said{"mention": all["mention"]}
	require.Empty(t, bot.JobsConcerning("jdoe")(mention), "no job tells the id")
	require.Equal(t, []string{"mention"}, bot.JobsConcerning("jdoe", "12987981103203")(mention))
}
