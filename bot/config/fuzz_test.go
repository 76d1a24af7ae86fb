package config_test

import (
	"errors"
	"strings"
	"testing"

	"roombot/bot/config"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(minimalWith(`"port": "${X:-1}"`)), true)
	f.Add([]byte(fullFile), false)
	f.Add([]byte("a: &a [*a, *a]\nb: {<<: *a}\n? [x]\n: y\n"), false)
	f.Add([]byte(`{"roombot": {"policy": {"deny": [{"name": "${X}", "who": ["email:*${X}"], "commands": ["*"]}]}}}`), true)
	f.Add([]byte("roombot: {policy: {allow: [{name: 1, who: [user:x, {}], where: ['room:*'], commands: [null]}]}}"), false)
	f.Fuzz(func(t *testing.T, content []byte, json bool) {
		name := "config.yaml"
		if json {
			name = "config.json"
		}
		const secret = "hunter2 of the environment"
		_, err := config.Parse(name, content, environment("X", secret), "newroom")
		if err == nil {
			return
		}
		var problems config.Problems
		if !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("not problems: %v", err)
		}
		for _, problem := range problems {
			if problem.Message == "" || problem.File == "" {
				t.Fatalf("an empty problem: %+v", problem)
			}
		}
		if strings.Contains(err.Error(), secret) {
			t.Fatalf("a variable's value is in the problem: %v", err)
		}
	})
}
