"""How the room says no."""

from servewell.apps.base.errors import ServewellError


class PeopleError(ServewellError):
    """A refusal about people, sign-in or permission."""

    room = "people"


class SignInNeeded(PeopleError):
    """Nobody is signed in, or the key is unknown, expired or revoked."""

    slug = "sign-in-needed"
    status = 401


class NotAllowed(PeopleError):
    """The role does not hold this verb, or it does not reach this object."""

    slug = "not-allowed"
    status = 403


class WrongPassword(PeopleError):
    """The present password was not given correctly."""

    slug = "wrong-password"
    status = 400


class TooManyTries(PeopleError):
    """Passwords were tried too often; `retry_after_s` says when the next try is welcome."""

    slug = "too-many-tries"
    status = 429


class WeakPassword(PeopleError):
    """The new password is refused; `reasons` are sentences."""

    slug = "weak-password"
    status = 422


class UsernameTaken(PeopleError):
    """Somebody has this user name, in this or another case."""

    slug = "username-taken"
    status = 409


class EmailTaken(PeopleError):
    """Somebody has this address, in this or another case."""

    slug = "email-taken"
    status = 409


class BadPerson(PeopleError):
    """A field of a person is not fit: `field` names it, `reason` is a sentence."""

    slug = "bad-person"
    status = 422


class LastAdministrator(PeopleError):
    """Without this person nobody could manage people."""

    slug = "last-administrator"
    status = 409


class NoSuchPerson(PeopleError):
    """There is no user with this id or name."""

    slug = "no-such-person"
    status = 404


class NoSuchTeam(PeopleError):
    """There is no team with this id."""

    slug = "no-such-team"
    status = 404


class NoSuchKey(PeopleError):
    """There is no API key with this id."""

    slug = "no-such-key"
    status = 404


class BadScopes(PeopleError):
    """A key may not hold these verbs."""

    slug = "bad-scopes"
    status = 422
