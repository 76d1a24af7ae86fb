package world

// maxManifest is the longest manifest of commands, in bytes.
const maxManifest = 6144

// Manifest is what a service account tells clients about its commands, or "".
func (w *World) Manifest(user int64) string { return w.state.Manifests[user] }

// SetManifest says which commands a service account has. Whether the text is a manifest is the
// caller's to check.
func (w *World) SetManifest(by *Person, text string) error {
	if by.Type != TypeSystem {
		return ErrEntitlement
	}
	if len(text) > maxManifest {
		return invalid("The manifest must not be longer than %d characters", maxManifest)
	}
	w.state.Manifests[by.ID] = text
	w.notify(Change{Kind: ManifestChanged, User: by.ID})
	return nil
}
