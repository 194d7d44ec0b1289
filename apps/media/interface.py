"""What the media context offers the others."""

from dataclasses import dataclass

from commerce.services import Service, ServiceError, connect, operation


@dataclass(frozen=True)
class File:
    """A picture as somebody brought it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Asset:
    """A stored picture; its key is made from its content, so the same picture is kept once."""

    key: str
    width: int  # pixels
    height: int  # pixels


class BadPicture(ServiceError):
    """The file is no picture that can be shown; `reason` is a sentence."""

    name: str
    reason: str


class Media(Service):
    """Keeps pictures and shows them at the size that is needed."""

    name = "media"
    errors = (BadPicture,)

    @operation
    def store(self, *, file: File) -> Asset:
        """Decode, re-encode and keep a picture. Storing the same one again changes nothing."""

    @operation
    def assets(self, *, keys: tuple[str, ...]) -> dict[str, Asset]:
        """Return what is known of these pictures; unknown keys are left out."""


media = connect(Media)
