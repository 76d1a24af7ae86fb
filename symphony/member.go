package symphony

import (
	"context"
	"time"
)

// Member is somebody in a room.
type Member struct {
	User     UserID
	Owner    bool
	JoinedAt time.Time
	// Through are the distribution lists that brought the member in, if any.
	Through []UserID
}

// wireMember is the vendor's MemberInfo.
type wireMember struct {
	ID       UserID      `json:"id"`
	Owner    lenientBool `json:"owner"`
	JoinDate millis      `json:"joinDate"`
	Through  []UserID    `json:"addedThroughGroups"`
}

func (w wireMember) value() Member {
	return Member{User: w.ID, Owner: bool(w.Owner), JoinedAt: w.JoinDate.time(), Through: w.Through}
}

// AddMember adds a user, or a whole distribution list by its account's number. Whether adding a
// member again is an error differs between pods: ErrBadRequest may mean that.
//
//	POST /pod/v1/room/{id}/membership/add
func (c *Client) AddMember(ctx context.Context, room StreamID, user UserID) error {
	_, err := call[ignoredAnswer](ctx, c, request{op: opAddMember, args: []string{string(room)}, body: idBody{user}})
	return err
}

// RemoveMember takes a user or a distribution list out of a room.
//
//	POST /pod/v1/room/{id}/membership/remove
func (c *Client) RemoveMember(ctx context.Context, room StreamID, user UserID) error {
	_, err := call[ignoredAnswer](ctx, c, request{op: opRemoveMember, args: []string{string(room)}, body: idBody{user}})
	return err
}

// PromoteOwner makes a member an owner.
//
//	POST /pod/v1/room/{id}/membership/promoteOwner
func (c *Client) PromoteOwner(ctx context.Context, room StreamID, user UserID) error {
	_, err := call[ignoredAnswer](ctx, c, request{op: opPromoteOwner, args: []string{string(room)}, body: idBody{user}})
	return err
}

// DemoteOwner makes an owner a plain member. The last owner cannot be demoted.
//
//	POST /pod/v1/room/{id}/membership/demoteOwner
func (c *Client) DemoteOwner(ctx context.Context, room StreamID, user UserID) error {
	_, err := call[ignoredAnswer](ctx, c, request{op: opDemoteOwner, args: []string{string(room)}, body: idBody{user}})
	return err
}

// Members lists everybody in a room, in one answer. One member that cannot be read is an error:
// who is not listed counts as not being there.
//
//	GET /pod/v2/room/{id}/membership/list
func (c *Client) Members(ctx context.Context, room StreamID) ([]Member, error) {
	members, err := call[[]wireMember](ctx, c, request{op: opMembers, args: []string{string(room)}})
	return toValues[Member](members), err
}
