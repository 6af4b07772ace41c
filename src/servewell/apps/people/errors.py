"""How the room says no."""

from servewell.apps.base import texts
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

    def sentence(self, language: str) -> str:
        """Return the sentence; of a program's key it is the scopes that count, not the person's role alone."""
        form = "-by-key" if self.values.get("program") else ""
        return texts.say(f"people.error.{self.slug}{form}", language, **self.values)


class NotForKeys(PeopleError):
    """Only a signed-in person may do this, never a program, whatever its key holds."""

    slug = "not-for-keys"
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


class TeamNameTaken(PeopleError):
    """Another team has this name."""

    slug = "team-name-taken"
    status = 409


class TeamArchived(PeopleError):
    """Nobody is put into a team that was archived."""

    slug = "team-archived"
    status = 409


class KeyExpired(PeopleError):
    """A key whose end lies in the past would open nothing."""

    slug = "key-expired"
    status = 422


class NoSuchReason(PeopleError):
    """There is no presence reason with this id, or it is not offered any more."""

    slug = "no-such-reason"
    status = 404


class BadReason(PeopleError):
    """The reason goes with another presence; `state` names it."""

    slug = "bad-reason"
    status = 422

    def sentence(self, language: str) -> str:
        """Return the sentence with the presence by its name."""
        name = texts.say(f"people.presence.{self.values['state']}", language)
        return texts.say("people.error.bad-reason", language, state=name)


class BadPresence(PeopleError):
    """Somebody else's presence can be set to away or offline only: nobody is put to work from afar."""

    slug = "bad-presence"
    status = 422


class NoSuchSkill(PeopleError):
    """There is no skill with this id."""

    slug = "no-such-skill"
    status = 404


class SkillNameTaken(PeopleError):
    """Another skill has this name, in this or another case."""

    slug = "skill-name-taken"
    status = 409


class SkillArchived(PeopleError):
    """Nobody is given a skill that was archived."""

    slug = "skill-archived"
    status = 409


class SkillTwice(PeopleError):
    """One skill is given at two levels."""

    slug = "skill-twice"
    status = 422


class BadLevel(PeopleError):
    """A level that there is not."""

    slug = "bad-level"
    status = 422


class TooManySkills(PeopleError):
    """More skills than one person can have; `most` says how many."""

    slug = "too-many-skills"
    status = 422


class BadSkillTree(PeopleError):
    """A skill cannot stand below itself, nor deeper than the tree may be."""

    slug = "bad-skill-tree"
    status = 422


class BadHours(PeopleError):
    """Working hours that cannot be kept; `reason` is a sentence that says what is wrong and where."""

    slug = "bad-hours"
    status = 422

    def sentence(self, language: str) -> str:
        """Return the sentence with the reason in words."""
        told = {name: value for name, value in self.values.items() if name != "reason"}
        reason = texts.say(f"people.hours.{self.values['reason']}", language, **told)
        return texts.say("people.error.bad-hours", language, reason=reason)


class NoSuchHours(PeopleError):
    """No working hours are set here."""

    slug = "no-such-hours"
    status = 404


class NoSuchSignIn(PeopleError):
    """There is no such sign-in of one's own."""

    slug = "no-such-sign-in"
    status = 404


class NoSuchAlert(PeopleError):
    """There is no such alert of one's own."""

    slug = "no-such-alert"
    status = 404


class Locked(PeopleError):
    """Too many wrong tries under this name; the same whether somebody is called so or not."""

    slug = "locked"
    status = 429

    @classmethod
    def told(cls, wait_s: int) -> "Locked":
        """Return the refusal with the wait in seconds, and in minutes to read."""
        return cls(retry_after_s=wait_s, minutes=-(-wait_s // 60))
