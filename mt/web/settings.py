"""What a server is told when it starts: where it listens, who may enter, and how much it takes."""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from mt.errors import SettingError
from mt.registry.home import home_folder

DEFAULT_HOST = "127.0.0.1"
# The port of LibreTranslate, which its clients try when none is named.
DEFAULT_PORT = 5000
PASSWORD_VARIABLE = "TARGEM_PASSWORD"  # noqa: S105 the name of a variable
MIN_PASSWORD = 8
# Nobody can try all keys of this length, so wrong ones need not be counted.
MIN_KEY = 16
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a server listens, whom it lets in, and its limits.

    `password` and `api_keys` are SHA-256 digests; without a password everybody is let in. `secret` signs the
    cookies. `upload_bytes` bounds a request that carries files, `body_bytes` every other one. `characters`
    and `texts` bound one call of the translation API, `queue` the sentences that wait for the model in all.
    `logins` is how often one address may try to log in within a minute.
    """

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    password: bytes | None = field(default=None, repr=False)
    api_keys: frozenset[bytes] = field(default=frozenset(), repr=False)
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(_SECRET_BYTES), repr=False)
    upload_bytes: int = 32 * 2**20
    body_bytes: int = 2**20
    characters: int = 20_000
    texts: int = 500
    queue: int = 4_000
    logins: int = 5

    @property
    def session_key(self) -> str:
        """Return the key that signs cookies; another password makes another key, which ends all sessions."""
        return hmac.new(self.secret, self.password or b"", "sha256").hexdigest()

    @property
    def needs_key(self) -> bool:
        """Tell whether the translation API asks for a key: as soon as there is a key or a password."""
        return bool(self.api_keys) or self.password is not None

    def is_password(self, text: str) -> bool:
        """Tell, in constant time, whether a text is the password."""
        return self.password is not None and hmac.compare_digest(digest(text), self.password)

    def is_key(self, text: str) -> bool:
        """Tell, in constant time, whether a text is one of the API keys."""
        given = digest(text)
        return any([hmac.compare_digest(given, key) for key in self.api_keys])  # noqa: C419 looks at all


def make_settings(
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    password_file: Path | None = None,
    key_file: Path | None = None,
) -> Settings:
    """Return the settings of a server.

    Raises SettingError where files cannot be read, a password or key is too short, or none is given for an
    address that other machines reach.
    """
    password = _lines(password_file, "password")[0] if password_file else os.environ.get(PASSWORD_VARIABLE)
    if password is not None and len(password) < MIN_PASSWORD:
        raise SettingError("the password is too short", f"use {MIN_PASSWORD} characters or more")
    if password is None and not is_loopback(host):
        raise SettingError(
            f"other machines could reach {host} and there is no password",
            f"give --password-file FILE or set {PASSWORD_VARIABLE}",
        )
    keys = _lines(key_file, "API key") if key_file else []
    if any(len(key) < MIN_KEY for key in keys):
        raise SettingError("an API key is too short", f"use {MIN_KEY} characters or more")
    return Settings(
        host=host,
        port=port,
        password=None if password is None else digest(password),
        api_keys=frozenset(map(digest, keys)),
        secret=_kept_secret(),
    )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches a host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _lines(path: Path, what: str) -> list[str]:
    """Return the lines of a file of secrets that are not blank."""
    try:
        lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{path} cannot be read", f"give a text file with the {what}") from error
    if not lines:
        raise SettingError(f"{path} is empty", f"write the {what} into it")
    return lines


def _kept_secret() -> bytes:
    """Return the secret that signs cookies, kept for the user alone; a new one where it cannot be kept.

    With it kept, a restart of the server throws nobody out in the middle of a sentence.
    """
    path = home_folder() / "session.key"
    fresh = secrets.token_bytes(_SECRET_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(fresh)
    except FileExistsError:
        kept = path.read_bytes() if os.access(path, os.R_OK) else b""
        return kept if len(kept) == _SECRET_BYTES else fresh
    except OSError:
        pass
    return fresh
