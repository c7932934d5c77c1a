// Package keyedrand has random numbers that depend on their keys alone, never on how
// many were drawn before: whoever asks again, in whatever order, gets the same.
//
// The mixing function is the finaliser of SplitMix64 (Steele, Lea and Flood,
// "Fast splittable pseudorandom number generators", 2014), applied to one key
// after the other.
package keyedrand

// Number returns 64 bits that look random. Different single keys give different
// numbers.
func Number(keys ...uint64) uint64 {
	var z uint64
	for _, key := range keys {
		z = mix(z ^ key)
	}
	return z
}

// Uniform returns a number in [0, 1), a multiple of 2^-53.
func Uniform(keys ...uint64) float64 { return uniform(Number(keys...)) }

// A Stream is all keys but the last, for who draws many numbers that differ in the
// last alone: it has mixed the others once.
type Stream uint64

// StreamOf returns that of the keys before the last. There is at least one of them.
func StreamOf(keys ...uint64) Stream { return Stream(Number(keys...)) }

// Number is the Number of the keys of the stream and this last one.
func (s Stream) Number(key uint64) uint64 { return mix(uint64(s) ^ key) }

// Uniform is the Uniform of the keys of the stream and this last one.
func (s Stream) Uniform(key uint64) float64 { return uniform(s.Number(key)) }

func uniform(number uint64) float64 { return float64(number>>11) / (1 << 53) }

func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
