package sandbox

import "net/http"

func groupType() map[string]any {
	return map[string]any{"id": typeSDL, "ownerType": "TENANT", "name": "Symphony Distribution List", "status": statusActive}
}

func (p *Pod) listTypes(*call) (any, error) {
	return map[string]any{
		"pagination": map[string]any{"cursors": map[string]string{}}, "data": []any{groupType()},
	}, nil
}

func (p *Pod) getType(c *call) (any, error) {
	if c.params["typeId"] != typeSDL {
		return nil, refuse(http.StatusNotFound, "Group type %s not found", c.params["typeId"])
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
