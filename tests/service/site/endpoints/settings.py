"""The house's settings."""

ENDPOINTS = [
    ("GET", "/settings", "settings.manage", None),
    ("PATCH", "/settings/people.installation", "settings.manage", {"value": "Our house"}),
]
