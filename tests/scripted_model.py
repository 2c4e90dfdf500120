"""A model that plays a script: OpenAI's chat completions over HTTP, on loopback only."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

SUBMIT = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"
"""What mini-swe-agent runs when its work is done."""


def reply(request: dict[str, Any], commands: Sequence[str]) -> dict[str, Any]:
    """The next command as a call of the first tool that ``request`` offers.

    How far the script is, the request itself says by its tool results, so a retry skips nothing.
    """
    step = sum(message["role"] == "tool" for message in request["messages"])
    command = commands[step] if step < len(commands) else SUBMIT
    call = {
        "id": f"call_{step}",
        "type": "function",
        "function": {
            "name": request["tools"][0]["function"]["name"],
            "arguments": json.dumps({"command": command}),
        },
    }
    message = {"role": "assistant", "content": f"Step {step + 1}.", "tool_calls": [call]}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": request["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


@contextmanager
def scripted_model(commands: Sequence[str]) -> Iterator[str]:
    """A server that makes its client run ``commands`` and then submit; yields its base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(reply(request, commands)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Stay quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()
