package server

import (
	"crypto/sha256"
	"strconv"
)

// DefaultKeys returns the five API keys of the reference server.
func DefaultKeys() []string {
	return []string{
		"UT4NHL1J796WCHULA1750MXYF9F5JYA6",
		"8TY2F3KIL38T741G1UCBMCAQ75XU9F5O",
		"954IXKJN28CBDKHSKHURQIVLQHZIEEM9",
		"EUU46ID478HOO7GOXFASKPOZ9P91XGYS",
		"46V5EZ5K2DFAGW85J18L50SGO25WJ5JE",
	}
}

// Keys returns n API keys of 32 characters, A-Z and 0-9: those of
// DefaultKeys first, then made-up ones. Key i is the same whatever n is.
// They keep nothing secret. A negative n counts as 0.
func Keys(n int) []string {
	keys := DefaultKeys()
	for i := len(keys); i < n; i++ {
		keys = append(keys, madeUpKey(i))
	}
	return keys[:max(n, 0)]
}

// madeUpKey turns each of the 32 bytes of a hash of i into one character.
func madeUpKey(i int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	sum := sha256.Sum256([]byte("api key " + strconv.Itoa(i)))
	for j, b := range sum {
		sum[j] = alphabet[int(b)%len(alphabet)]
	}
	return string(sum[:])
}
