"""What the web server calls. With `MAMORU_EMBEDDED_WORKER=1` the worker runs in this process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mamoru.site.settings")
application = get_wsgi_application()

from mamoru.site import wiring  # noqa: E402 - the rooms can be joined once Django is loaded

wiring.wire()

if os.environ.get("MAMORU_EMBEDDED_WORKER") == "1":
    from mamoru.site import work

    work.start()
