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


class NoHome(SiteError):
    """An ordinary user has no home folder, and no data folder was named."""

    slug = "no-home"


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


class DatabaseUrlWrong(SiteError):
    """SERVEWELL_DATABASE_URL cannot be read."""

    slug = "database-url-wrong"


class DatabaseUnreachable(SiteError):
    """Nobody answers there."""

    slug = "database-unreachable"


class DatabaseRefused(SiteError):
    """The server is there and does not let us in."""

    slug = "database-refused"


class DatabaseMissing(SiteError):
    """The server has no database of this name."""

    slug = "database-missing"


class DatabaseOld(SiteError):
    """The server is older than we can work with."""

    slug = "database-old"


class VectorMissing(SiteError):
    """The server has no pgvector."""

    slug = "vector-missing"


class VectorOld(SiteError):
    """The server's pgvector is too old."""

    slug = "vector-old"


class VectorNotAllowed(SiteError):
    """Our role may not create the extension."""

    slug = "vector-not-allowed"


class AlreadyUp(SiteError):
    """Another `servewell up` runs on this data folder."""

    slug = "already-up"


class PortBusy(SiteError):
    """Somebody else listens on the port."""

    slug = "port-busy"


class HostUnusable(SiteError):
    """The host name is not one of this machine."""

    slug = "host-unusable"


class NotMigrated(SiteError):
    """The tables are of an older version."""

    slug = "not-migrated"


class NoTerminal(SiteError):
    """There is nobody to ask."""

    slug = "no-terminal"


class PasswordsDiffer(SiteError):
    """The password was typed in two ways."""

    slug = "passwords-differ"


class BackupPlace(SiteError):
    """A backup cannot be written there."""

    slug = "backup-place"


class BackupForeign(SiteError):
    """The file is no backup of ours."""

    slug = "backup-foreign"


class BackupNewer(SiteError):
    """A newer Servewell wrote it."""

    slug = "backup-newer"


class BackupBroken(SiteError):
    """The file is cut short or was changed."""

    slug = "backup-broken"


class NotEmpty(SiteError):
    """A restore would replace what is there."""

    slug = "not-empty"


class DumpFailed(SiteError):
    """pg_dump failed."""

    slug = "dump-failed"
    exit_code = 1


class RestoreFailed(SiteError):
    """The database did not take the backup."""

    slug = "restore-failed"
    exit_code = 1


class BadSetting(SiteError):
    """An environment variable holds what cannot be used."""

    slug = "bad-setting"


class NoInstallation(SiteError):
    """The data folder holds no database yet, and this command makes none."""

    slug = "no-installation"
