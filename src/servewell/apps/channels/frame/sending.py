"""How does what one of us wrote get to the customer? Through the outbox, by the channel of its conversation."""

KIND = "channels.send"  # payload: {"message": id}; key: the message's id; order key: `conversation:<id>`
