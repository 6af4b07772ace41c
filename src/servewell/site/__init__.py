"""The site joins the rooms: settings, urls, entry, database launcher, supervisor, command line."""
