package commands

import (
	"context"
	"errors"
	"iter"
	"net/http"

	"roombot/symphony"
)

// GroupSource is which of Symphony's two lists of groups was read.
type GroupSource string

// The sources of groups.
const (
	// ProfileManager is asked first. It needs a right, and says who may see a group.
	ProfileManager GroupSource = "profile manager"
	// UsersAPI is asked where the profile manager lists nothing. It needs no right, is not on every
	// pod, and of the restrictions of a group it says only the companies, not which way they count.
	UsersAPI GroupSource = "users API"
)

// GroupList is all active groups of the pod.
type GroupList struct {
	Groups []symphony.Group
	Source GroupSource
	// Refusal is why the profile manager was not used; nil where it lists no group.
	Refusal error
}

// ReadGroups reads all groups: from the profile manager, and from the users API where the profile
// manager refuses, is not there or lists none. Where the users API gives none either, the answer of
// the profile manager counts.
func ReadGroups(ctx context.Context, client *symphony.Client) (GroupList, error) {
	groups, refusal := collectActive(client.Groups(ctx, symphony.DistributionListType))
	first := GroupList{Groups: groups, Source: ProfileManager}
	if len(groups) > 0 && refusal == nil || refusal != nil && !isGroupRightMissing(refusal) {
		return first, refusal
	}
	groups, err := collectActive(client.DistributionLists(ctx))
	switch {
	case err == nil && (len(groups) > 0 || refusal != nil):
		return GroupList{Groups: groups, Source: UsersAPI, Refusal: refusal}, nil
	case err == nil, isGroupRightMissing(err), isNoOperation(err):
		return first, refusal
	}
	return GroupList{}, err
}

func collectActive(listed iter.Seq2[symphony.Group, error]) ([]symphony.Group, error) {
	var groups []symphony.Group
	for g, err := range listed {
		if err != nil {
			return nil, err
		}
		if g.Status != symphony.DeletedGroup {
			groups = append(groups, g)
		}
	}
	return groups, nil
}

// isGroupRightMissing reports whether the bot lacks the right to read groups. That includes an
// access token that the profile manager refuses, as everybody gets a token and the right is checked
// later, and a pod without a profile manager, where a proxy may answer.
func isGroupRightMissing(err error) bool {
	if errors.Is(err, symphony.ErrNotSignedIn) {
		return false
	}
	return symphony.VerdictOf(err) == symphony.Refused || errors.Is(err, symphony.ErrUnauthorized) || errors.Is(err, symphony.ErrNotFound)
}

// isNoOperation reports whether the pod answers with something else where it should with groups, or
// says that it does not have the operation.
func isNoOperation(err error) bool {
	e, ok := errors.AsType[*symphony.Error](err)
	return ok && (e.Status == http.StatusNotImplemented || e.Status == http.StatusOK)
}

// ReadMembers reads a group by itself, where the list does not say who is in it. The members stay
// nil where Symphony does not say it there either.
func (s GroupSource) ReadMembers(ctx context.Context, client *symphony.Client, g symphony.Group) (symphony.Group, error) {
	var read symphony.Group
	var err error
	if s == UsersAPI {
		read, err = client.DistributionList(ctx, g.ProfileID)
	} else {
		read, err = client.Group(ctx, g.ID)
	}
	switch {
	case isGroupRightMissing(err):
		return g, nil
	case err != nil:
		return g, err
	}
	g.Members = read.Members
	return g, nil
}
