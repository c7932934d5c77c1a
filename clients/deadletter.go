package clients

// deadLetters empties the dead letter queue: each request goes back to the tail of
// the main queue with a new creation time, or to the graveyard once it has
// been put back MaxRetries times.
type deadLetters struct {
	*client
	consumer consumer
	event    Event // the last one
}

// Step implements Process.
func (d *deadLetters) Step(w *Wait) (more bool) {
	for {
		if !d.dlq.take(&d.consumer) {
			*w = Wait{Signal: d.consumer.signal}
			return true
		}
		r := d.consumer.item
		if r.Retries >= d.config.DeadLetter.MaxRetries {
			d.event.Request = r
			d.observe(&d.event, Buried)
			continue
		}
		r.Retries++
		r.Created = d.rt.Now()
		d.event.Request = r
		d.observe(&d.event, Requeued)
		d.main.push(r)
	}
}
