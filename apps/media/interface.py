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


@dataclass(frozen=True)
class Download:
    """A file that is sold: whoever has bought the SKU may fetch it from the private storage."""

    sku: str
    name: str  # as the shopper keeps it
    path: str  # in the storage "private"
    size: int  # bytes


class BadPicture(ServiceError):
    """The file is no picture that can be shown; `reason` is a sentence."""

    name: str
    reason: str


class Media(Service):
    """Keeps pictures, shown at the size that is needed, and files that are sold."""

    name = "media"
    errors = (BadPicture,)

    @operation
    def store(self, *, file: File) -> Asset:
        """Decode, re-encode and keep a picture. Storing the same one again changes nothing."""

    @operation
    def assets(self, *, keys: tuple[str, ...]) -> dict[str, Asset]:
        """Return what is known of these pictures; unknown keys are left out."""

    @operation
    def downloads(self, *, skus: tuple[str, ...]) -> tuple[Download, ...]:
        """List the files that are sold as these SKUs, in the order of their names."""


media = connect(Media)
