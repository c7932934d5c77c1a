package kit

import "gonum.org/v1/plot/vg"

// RowHeight leaves many rows less room than few.
func RowHeight(n int) vg.Length {
	switch {
	case n <= 8:
		return 30
	case n <= 14:
		return 25
	}
	return 21
}

// BarHeight is the thickness of the bar in a row.
func BarHeight(n int) vg.Length { return RowHeight(n) * 0.62 }

// RowMiddle is the middle of row i below top.
func RowMiddle(top vg.Length, i, n int) vg.Length {
	return top - RowHeight(n)*(vg.Length(i)+0.5)
}
