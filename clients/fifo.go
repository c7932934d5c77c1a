package clients

// fifo is a queue in a slice: what is pushed first is popped first, and either
// takes the same time however many there are.
type fifo[T any] struct {
	items []T
	head  int // of items: popped
}

func (f *fifo[T]) len() int { return len(f.items) - f.head }

// push appends v, first moving the others down when most of the slice is space
// that pop has left behind.
func (f *fifo[T]) push(v T) {
	if f.head > 64 && f.head > len(f.items)/2 {
		f.items, f.head = f.items[:copy(f.items, f.items[f.head:])], 0
	}
	f.items = append(f.items, v)
}

// pop removes the first of a queue that is not empty.
func (f *fifo[T]) pop() T {
	v := f.items[f.head]
	f.head++
	return v
}
