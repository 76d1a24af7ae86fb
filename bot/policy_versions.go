package bot

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"
)

// The label of a replica is the version of the policy by which it decides. Those of several differ
// for a moment after each change of the text; that they go on to differ is told.

// versionsLook is how often the versions are compared. What differs at two looks in a row is told.
const versionsLook = time.Minute

// differingVersions are the versions of the replicas by their names, nil where all are the same.
func differingVersions(labels map[string]string) map[string]string {
	distinct := slices.Compact(slices.Sorted(maps.Values(labels)))
	if len(distinct) < 2 {
		return nil
	}
	return labels
}

// lookAtVersions says by which versions the replicas decide, empty where all are the same. It tells
// the administrators if that was so at the look before.
func (b *Bot) lookAtVersions(ctx context.Context, before string) (now string) {
	labels, err := b.engine.ReplicaLabels(ctx)
	switch {
	case err != nil:
		return before // health says that the store does not answer
	case len(labels) == 0: // on SQLite
		return ""
	}
	versions := differingVersions(labels)
	now = describeVersions(versions)
	if now != before || !b.isFirstToTell(ctx, noteVersionsTold, now) {
		return now
	}
	if now == "" {
		zerolog.Ctx(ctx).Info().Msg("replicas decide by the same version of the policy again")
		b.sendToAdmins(ctx, "✓ All processes of the bot decide by the same version of the policy again.")
		return now
	}
	zerolog.Ctx(ctx).Warn().Strs("replicas", slices.Sorted(maps.Keys(versions))).Msg("replicas decide by different versions of the policy")
	b.sendToAdmins(ctx, "⚠ The processes of the bot decide by different versions of the policy: "+now+". Give all of them the same text.")
	return now
}

// noteVersionsTold is the note of what administrators were told last of differing versions.
const noteVersionsTold = "policy-versions-told"

// describeVersions names each replica as it is configured. Those that share a name are told apart
// by what tells their lives apart, as the log has it.
func describeVersions(versions map[string]string) string {
	lives := map[string]int{}
	for name := range versions {
		lives[configuredName(name)]++
	}
	var parts []string
	for name, version := range versions {
		if configured := configuredName(name); lives[configured] == 1 {
			name = configured
		}
		parts = append(parts, name+" by "+version)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// configuredName is the name of a replica without its life.
func configuredName(life string) string {
	if i := strings.LastIndex(life, "/"); i >= 0 {
		return life[:i]
	}
	return life
}
