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
func Uniform(keys ...uint64) float64 { return float64(Number(keys...)>>11) / (1 << 53) }

func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
