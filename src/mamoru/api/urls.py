"""`/api/v1/`: the same acts as the pages, with the same rules (contract, section 4)."""

from django.urls import path
from ninja import NinjaAPI

from mamoru.api import desk_acts, desk_looks, problems, requester

api = NinjaAPI(
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

urlpatterns = [path("", api.urls)]
