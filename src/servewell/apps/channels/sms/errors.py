"""How the channel says no."""

from servewell.apps.base.errors import ServewellError


class SmsError(ServewellError):
    """A refusal to a gateway."""

    room = "channels_sms"


class NotTheGateway(SmsError):
    """The call does not carry the account's secret."""

    slug, status = "not-the-gateway", 401
