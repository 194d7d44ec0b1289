"""Files that were bought, behind a signed link: a few times, for a while, not once paid back."""

from typing import Annotated

import msgspec
from django.core.files.storage import storages
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import path

from commerce import ids
from commerce.proof import proves
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, register

from .. import service

GONE = {
    service.Gone.USED_UP: (
        "Fetched as often as it may be",
        "A file can be fetched a few times. Ask the shop for another link.",
    ),
    service.Gone.EXPIRED: (
        "The link has expired",
        "A file can be fetched for some time after it was paid. Ask the shop for another link.",
    ),
    service.Gone.REVOKED: (
        "The file was given back",
        "Its order was cancelled, or its money was given back.",
    ),
}
for gone, (title, text) in GONE.items():
    register(gone.value, status=410, title=title, text=text)
BINARY = "application/octet-stream"


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What shows that the link was made by the shop."""

    key: Annotated[str, msgspec.Meta(max_length=128)] = ""


class Sent(Reply, frozen=True, kw_only=True):
    """A file on its way, never shown by a browser in place."""

    fetch: service.Fetch

    def to_response(self) -> HttpResponseBase:
        """Send the file from the private storage."""
        file = storages["private"].open(self.fetch.path)
        name = self.fetch.name
        answer = FileResponse(file, as_attachment=True, filename=name, content_type=BINARY)
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


@endpoint(
    "GET",
    credentials=("public",),
    query=Proof,
    media=BINARY,
    answers={200: None},
    problems=("not-found", *(gone.value for gone in GONE)),
)
def fetch(request: ApiRequest, grant: str, *, query: Proof) -> Reply:
    """Send a file that was bought; each time counts."""
    name = ids.parse("dl", grant)
    if not proves("download", name, query.key):
        raise Problem("not-found")
    if request.method == "HEAD":
        return Reply(200)
    try:
        return Sent(fetch=service.fetch(grant=name))
    except service.UnknownGrant:
        raise Problem("not-found") from None
    except service.NotFetchable as refusal:
        raise Problem(refusal.gone.value) from None


urlpatterns = [path("downloads/<str:grant>", fetch, name="orders-download")]
