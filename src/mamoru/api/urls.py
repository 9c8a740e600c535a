"""`/api/v1/`: the same acts as the pages, with the same rules (contract, section 4)."""

from typing import Any

from django.urls import path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from mamoru.api import desk_acts, desk_looks, desk_protecting, problems, requester


class _Api(NinjaAPI):
    """An API that makes its document once: that takes a second, and anybody may ask for it."""

    _document: OpenAPISchema | None = None

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        self._document = self._document or super().get_openapi_schema(**where)
        return self._document


api = _Api(
    title="mamoru",
    version="1",
    description="Requests under the Act on the Protection of Personal Information.",
    docs_url=None,
    urls_namespace="api",
)
problems.install(api)
api.add_router("/cases", requester.router)
api.add_router("/desk/cases", desk_looks.router)
api.add_router("/desk/cases", desk_acts.router)
api.add_router("/desk/cases", desk_protecting.router)

patterns, name, namespace = api.urls
for each in patterns:
    each.callback = problems.closed(each.callback)  # type: ignore[arg-type]  # each leads to a view
urlpatterns = [
    path("", (patterns, name, namespace)),
    path("<path:path>", problems.closed(problems.nowhere)),
]
