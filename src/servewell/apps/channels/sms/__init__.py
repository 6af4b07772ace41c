"""SMS: a gateway takes our messages by HTTP, and brings by HTTP what customers write and how far ours got."""
