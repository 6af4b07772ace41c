"""Rooms remember: one Django app each, on floors; a lower floor never imports a higher one."""
