package sandbox

import (
	"net/http"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

func groupType() map[string]any {
	return map[string]any{
		"id": world.TypeSDL, "ownerType": ownerTypeTenant, "name": "Symphony Distribution List", "status": world.StatusActive,
	}
}

func (p *Pod) listTypes(*call) (any, error) {
	return map[string]any{
		"pagination": map[string]any{"cursors": map[string]string{}}, "data": []any{groupType()},
	}, nil
}

func (p *Pod) getType(c *call) (any, error) {
	if c.Params["typeId"] != world.TypeSDL {
		return nil, rest.Refuse(http.StatusNotFound, "Group type %s not found", c.Params["typeId"])
	}
	v := groupType()
	v["profileControl"] = map[string]any{"canHavePublicProfile": true, "profileFields": []string{"displayName", "email"}}
	v["membershipControl"] = map[string]any{"manualMembership": true, "canBelongToMultipleGroup": true}
	v["interactionControl"] = map[string]any{
		"allowIMs": false, "allowRooms": true, "canHaveInteraction": true,
		"interactionTransfer": map[string]any{"target": "TO_MEMBERS", "updateInteractionOngroupUpdate": true},
	}
	return v, nil
}
