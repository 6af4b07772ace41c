"""What can the site refuse? The sentences stand in the texts under `site.error.<slug>`."""

from typing import ClassVar

from servewell.apps.base.errors import ServewellError


class SiteError(ServewellError):
    """A refusal of the site; `exit_code` is what the command line ends with."""

    room = "site"
    exit_code: ClassVar[int] = 2


class NoBinaries(SiteError):
    """No PostgreSQL came with this installation (another platform)."""

    slug = "no-binaries"


class NoSuchUser(SiteError):
    """SERVEWELL_PG_USER names nobody."""

    slug = "no-such-user"


class FolderUnwritable(SiteError):
    """The data folder cannot be made or written."""

    slug = "folder-unwritable"


class ClusterForeign(SiteError):
    """A server that cannot be seen from here uses this data folder."""

    slug = "cluster-elsewhere"


class ClusterUnreadable(SiteError):
    """The folder holds a database that these binaries cannot open, or its password is lost."""

    slug = "cluster-unreadable"


class PostgresFailed(SiteError):
    """PostgreSQL did not start; the log's last lines are in `detail`."""

    slug = "postgres-failed"
    exit_code = 1
