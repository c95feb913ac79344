"""Ground: database, unit of work, outbox, job queue, the network's clock, embedded servers. Knows no business."""
