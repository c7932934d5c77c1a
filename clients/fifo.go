package clients

// fifo is a queue in a ring that grows: what is pushed first is popped first, and
// either takes the same time however many there are.
type fifo[T any] struct {
	ring   []T // a power of two of places
	first  int // the place of the first
	length int
}

func (f *fifo[T]) len() int { return f.length }

// push appends v.
func (f *fifo[T]) push(v T) {
	if f.length == len(f.ring) {
		f.grow()
	}
	f.ring[(f.first+f.length)&(len(f.ring)-1)] = v
	f.length++
}

func (f *fifo[T]) grow() {
	ring := make([]T, max(16, 2*len(f.ring)))
	n := copy(ring, f.ring[f.first:])
	copy(ring[n:], f.ring[:f.first])
	f.ring, f.first = ring, 0
}

// at is the i-th, of which there are more than i.
func (f *fifo[T]) at(i int) T { return f.ring[(f.first+i)&(len(f.ring)-1)] }

// pop removes the first of a queue that is not empty.
func (f *fifo[T]) pop() T {
	v := f.ring[f.first]
	f.first = (f.first + 1) & (len(f.ring) - 1)
	f.length--
	return v
}
