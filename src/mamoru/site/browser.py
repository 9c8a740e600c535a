"""A browser of two hundred lines for the walk: pages, forms and cookies over real HTTP."""

import http.client
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie

from mamoru.kit import ids
from mamoru.kit.errors import MamoruError

_REDIRECTS = 5
_FOUND = range(300, 400)
_TIMEOUT = 60

Values = Mapping[str, str | Sequence[str]]


class PageUnexpected(MamoruError):
    """A page of the walk is not what it should be. The message names the address."""

    code, exit_code = "page-unexpected", 1


@dataclass(slots=True)
class Form:
    """A form as the page has it: where it goes and what is filled in already."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """An answer of the server, read."""

    url: str
    status: int
    content: bytes
    forms: list[Form] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)  # id or data-* -> text or value
    media_type: str = ""

    @property
    def text(self) -> str:
        """The page as text of HTML."""
        return self.content.decode()

    def form(self, ending: str) -> Form:
        """Return the form whose action ends so; PageUnexpected if there is none."""
        for found in self.forms:
            if found.action.split("?")[0].endswith(ending):
                return found
        raise PageUnexpected(f"`{self.url}` has no form to `{ending}` (status {self.status})")

    def mark(self, name: str) -> str:
        """Return a marked value (`data-reference`); PageUnexpected if there is none."""
        if name not in self.marks:
            raise PageUnexpected(f"`{self.url}` does not show `{name}` (status {self.status})")
        return self.marks[name]


class Browser:
    """One person at one browser: cookies are kept, redirects followed, scripts not run."""

    def __init__(self, host: str, port: int) -> None:
        """Open nothing yet."""
        self._host, self._port = host, port
        self._cookies: dict[str, str] = {}
        self.pages = 0

    def get(self, url: str) -> Page:
        """Return a page."""
        return self._send("GET", url, None, "")

    def submit(
        self, page: Page, ending: str, values: Values, *, also: Values | None = None
    ) -> Page:
        """Fill a form of `page` and send it; hidden fields go along as they are.

        Fields of `values` replace what the page filled in, `also` are added.
        """
        form = page.form(ending)
        given = {**values, **(also or {})}
        pairs = [(name, value) for name, value in form.fields if name not in given]
        for name, value in given.items():
            pairs += [(name, each) for each in ((value,) if isinstance(value, str) else value)]
        body = urllib.parse.urlencode(pairs).encode()
        target = urllib.parse.urljoin(page.url, form.action or page.url)
        if form.method == "get":
            return self.get(f"{target.split('?')[0]}?{body.decode()}")
        return self._send(
            "POST", target, body, "application/x-www-form-urlencoded", referer=page.url
        )

    def upload(
        self, page: Page, ending: str, values: Mapping[str, str], *, name: str, content: bytes
    ) -> Page:
        """Fill a form with a file `name` in the field `paper` and send it."""
        form = page.form(ending)
        boundary = ids.token()
        parts = [(key, value) for key, value in form.fields if key not in values and key != "paper"]
        parts += list(values.items())
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in parts
        )
        body += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="paper"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        body += content + f"\r\n--{boundary}--\r\n".encode()
        target = urllib.parse.urljoin(page.url, form.action)
        return self._send(
            "POST", target, body, f"multipart/form-data; boundary={boundary}", referer=page.url
        )

    def _send(
        self, method: str, url: str, body: bytes | None, kind: str, *, referer: str = ""
    ) -> Page:
        for _ in range(_REDIRECTS):
            response, content = self._once(method, url, body, kind, referer)
            if response.status not in _FOUND:
                return self._read(url, response, content)
            url = urllib.parse.urljoin(url, response.headers["Location"])
            method, body, kind = "GET", None, ""
        raise PageUnexpected(f"`{url}` redirects without end")

    def _once(
        self, method: str, url: str, body: bytes | None, kind: str, referer: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        parts = urllib.parse.urlsplit(url)
        headers = {"Accept-Language": "ja", "Cookie": self._cookie_header()}
        if kind:
            headers["Content-Type"] = kind
        if referer:
            headers["Referer"] = urllib.parse.urljoin(f"http://{self._host}:{self._port}", referer)
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT)
        try:
            query = f"?{parts.query}" if parts.query else ""
            connection.request(method, f"{parts.path}{query}", body=body, headers=headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        self.pages += 1
        for header in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(header).items():
                self._cookies[name] = morsel.value
        return response, content

    def _cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    @staticmethod
    def _read(url: str, response: http.client.HTTPResponse, content: bytes) -> Page:
        kind = response.headers.get_content_type()
        page = Page(url=url, status=response.status, content=content, media_type=kind)
        if kind == "text/html":
            reader = _Reader(page)
            reader.feed(content.decode())
        return page


class _Reader(HTMLParser):
    """Collects forms with what they hold, and values that pages mark with `data-…`."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._form: Form | None = None
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            if name.startswith("data-"):
                self._page.marks.setdefault(name, value)
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self._page.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if self._form is None:
            return
        if tag == "input" and name:
            kind = given.get("type", "text")
            chosen = kind not in {"checkbox", "radio"} or "checked" in given
            if chosen and kind not in {"submit", "button", "file"}:
                self._form.fields.append((name, given.get("value", "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._form.fields.append((self._select, given.get("value", "")))
        elif tag == "textarea":
            self._area = name
            self._form.fields.append((name, ""))

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            name, value = self._form.fields[-1]
            self._form.fields[-1] = (name, value + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
