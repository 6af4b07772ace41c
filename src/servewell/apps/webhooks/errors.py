"""How the room says no."""

from servewell.apps.base.errors import ServewellError


class WebhooksError(ServewellError):
    """A refusal about calls to other systems."""

    room = "webhooks"


class NoSuchWebhook(WebhooksError):
    """There is no webhook with this id."""

    slug, status = "no-such-webhook", 404


class NoSuchDelivery(WebhooksError):
    """This call was not given up, or is none of this webhook's."""

    slug, status = "no-such-delivery", 404


class UnknownEvents(WebhooksError):
    """Names that are no events a webhook can hear of: `events` lists them."""

    slug, status = "unknown-events", 422


class TooMany(WebhooksError):
    """A house may have `most` webhooks: each one costs every change a little."""

    slug, status = "too-many", 409


class IsPaused(WebhooksError):
    """A paused webhook replays nothing; let it go on first."""

    slug, status = "is-paused", 409


class StillTwoSecrets(WebhooksError):
    """Until `until` the secret before is good too; a further one can be made then."""

    slug, status = "still-two-secrets", 409
