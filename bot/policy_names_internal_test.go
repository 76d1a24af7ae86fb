package bot

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/policy"
)

func TestWhatBecameOfANameIsSaid(t *testing.T) {
	t.Parallel()
	is := func(user int64, groups ...string) policy.Directory {
		return policy.Directory{Users: map[string]int64{"kim": user}, Groups: map[string][]string{"fx": groups}}
	}
	c := nameChanges{users: map[int64]string{1: "kim.new"}, groups: map[string]string{"a": "FX", "b": "Rates", "c": "fx"}}
	for said, at := range map[string][2]policy.Directory{
		"": {is(1, "a"), is(1, "a")},
		"user:kim is nobody in your company's directory, and matches nobody.":                                        {is(0, "a"), is(0, "a")},
		"user:kim was nobody when the policy was loaded, and matches nobody until it is changed.":                    {is(0, "a"), is(2, "a")},
		"user:kim is called kim.new now.":                                                                            {is(1, "a"), is(0, "a")},
		"user:kim is called kim.new now. Somebody else has the name, and gains nothing by it.":                       {is(1, "a"), is(2, "a")},
		"user:kim is gone from your company's directory.":                                                            {is(3, "a"), is(0, "a")},
		"user:kim is gone from your company's directory. Somebody else has the name, and gains nothing by it.":       {is(3, "a"), is(2, "a")},
		"group:fx is called Rates now.":                                                                              {is(1, "b"), is(1)},
		"group:fx is gone.":                                                                                          {is(1, "d"), is(1)},
		"group:fx is the name of 2 groups now.":                                                                      {is(1, "a"), is(1, "a", "c")},
		"group:fx is the name of 2 groups, and matches nobody.":                                                      {is(1, "a", "c"), is(1, "a", "c")},
		"group:fx is no group that the bot can see, and matches nobody.":                                             {is(1), is(1)},
		"group:fx was not the name of one group when the policy was loaded, and matches nobody until it is changed.": {is(1), is(1, "a")},
	} {
		c.before, c.now = at[0], at[1]
		want := []string{said}
		if said == "" {
			want = nil
		}
		require.Equal(t, want, c.describe(policy.Names{Users: []string{"kim"}, Groups: []string{"fx"}}))
	}
	c.before, c.now = policy.Directory{}, policy.Directory{}
	require.Empty(t, c.describe(policy.Names{Users: []string{"kim"}}), "names that are compared at each request")
}

func TestKnownNamesAreAStoredFormat(t *testing.T) {
	t.Parallel()
	known := KnownNames{Users: map[string]int64{"kim": 7}, Groups: map[string]string{"fx": "account/8"}}
	stored, err := json.Marshal(known)
	require.NoError(t, err)
	require.JSONEq(t, `{"users": {"kim": 7}, "groups": {"fx": "account/8"}}`, string(stored))
	require.Equal(t, "policy-names", noteKnownNames)
}
