"""Email: mailboxes that are read by IMAP and answered by SMTP."""
