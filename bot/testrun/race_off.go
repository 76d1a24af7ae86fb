//go:build !race

package testrun

const raceFactor = 1
