"""Static files by the hash of their content once they are collected, by plain name until then."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedFiles(CompressedManifestStaticFilesStorage):
    """Lets no page break because `collectstatic` has not run since a file came."""

    def stored_name(self, name: str) -> str:
        """Name a file as the manifest does, if it knows the file."""
        try:
            stored: str = super().stored_name(name)
        except ValueError:
            return name
        return stored
