//go:build !linux

package testrun

func hasRoom(string) bool { return false }
