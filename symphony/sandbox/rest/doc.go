// Package rest is what the pod's API and the control API share as servers of JSON: finding the
// operation of a request, reading its parameters and body, and encoding answers and errors.
package rest
