"""What an SMS gateway calls: nobody signs in for it, each call carries its account's secret."""

ENDPOINTS = [
    ("POST", "/channels/sms/{sms_account}/incoming", "", {"from": "+8613800138000", "text": "Hello"}),
    ("POST", "/channels/sms/{sms_account}/report", "", {"id": "1", "status": "delivered"}),
]
