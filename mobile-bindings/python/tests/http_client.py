"""The platform's own HTTP: Python's."""

import asyncio
import urllib.error
import urllib.request

import rukun


class PlatformHttp(rukun.HttpClient):
    """An HTTP client that an app brings."""

    def __init__(self):
        self.calls = 0

    async def call(self, request):
        """Makes a call."""
        self.calls += 1
        return await asyncio.to_thread(self._send, request)

    def _send(self, request):
        headers = {header.name: header.value for header in request.headers}
        call = urllib.request.Request(request.url, request.body or None, headers, method=request.method)
        try:
            with urllib.request.urlopen(call, timeout=30) as answer:
                return rukun.HttpResponse(status=answer.status, body=answer.read())
        except urllib.error.HTTPError as answer:
            return rukun.HttpResponse(status=answer.code, body=answer.read())
        except urllib.error.URLError as error:
            raise rukun.HttpError.Unreachable(reason=str(error.reason)) from error
