"""A model that plays a script in the streaming protocols of three makers, on loopback only.

OpenAI's chat completions and responses, and Gemini's ``streamGenerateContent``, each with no more
than agents need to run the script's commands one by one and to end.
"""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Message = dict[str, Any]
Tool = tuple[str, Mapping[str, Any]]
"""Its name, and the schema of its parameters."""
_SHELLS = ("exec_command", "shell_command", "shell", "bash", "run_shell_command")
_USAGE = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}


def _arguments(schema: Mapping[str, Any], command: str) -> Message:
    """What a shell tool is given, whatever it calls it."""
    properties = schema.get("properties", {})
    name = next(key for key in ("command", "cmd") if key in properties)
    shell = ["bash", "-lc", command] if properties[name].get("type") == "array" else command
    rest = {key: "run it" for key in schema.get("required", ()) if key != name}
    return {**rest, name: shell}


def _shell(tools: Sequence[Tool]) -> Tool | None:
    return next((tool for name in _SHELLS for tool in tools if tool[0] == name), None)


def _chat(request: Message, commands: Sequence[str]) -> Iterator[Message]:
    """The events of ``POST /v1/chat/completions``."""
    functions = [one["function"] for one in request.get("tools", ())]
    shell = _shell([(one["name"], one["parameters"]) for one in functions])
    step = sum(message["role"] == "tool" for message in request["messages"])
    base = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "scripted"}
    delta: Message = {"role": "assistant", "content": "Done."}
    if shell is not None and step < len(commands):
        arguments = json.dumps(_arguments(shell[1], commands[step]))
        function = {"name": shell[0], "arguments": arguments}
        call = {"index": 0, "id": f"call_{step}", "type": "function", "function": function}
        delta = {"role": "assistant", "content": "", "tool_calls": [call]}
    reason = "tool_calls" if "tool_calls" in delta else "stop"
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    yield {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield {**base, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}], "usage": usage}


def _responses(request: Message, commands: Sequence[str]) -> Iterator[Message]:
    """The events of ``POST /v1/responses``."""
    tools = [one for one in request.get("tools", ()) if one.get("type") == "function"]
    shell = _shell([(one["name"], one["parameters"]) for one in tools])
    step = sum(one.get("type") == "function_call_output" for one in request["input"])
    item: Message = {
        "type": "message",
        "id": "msg",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": "Done.", "annotations": []}],
    }
    if shell is not None and step < len(commands):
        item = {
            "type": "function_call",
            "id": f"fc_{step}",
            "call_id": f"call_{step}",
            "name": shell[0],
            "arguments": json.dumps(_arguments(shell[1], commands[step])),
            "status": "completed",
        }
    response = {"id": "r", "object": "response", "status": "completed", "output": [item]}
    yield {"type": "response.created", "response": {**response, "output": []}}
    yield {"type": "response.output_item.added", "output_index": 0, "item": item}
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    yield {"type": "response.completed", "response": {**response, "usage": _USAGE}}


def _gemini(request: Message, commands: Sequence[str]) -> Iterator[Message]:
    """The events of ``POST /v1beta/models/M:streamGenerateContent``."""
    groups = request.get("tools", ())
    functions = [one for group in groups for one in group.get("functionDeclarations", ())]
    shell = _shell([(one["name"], one.get("parametersJsonSchema", {})) for one in functions])
    parts = [part for one in request["contents"] for part in one.get("parts", ())]
    step = sum("functionResponse" in part for part in parts)
    part: Message = {"text": "Done."}
    if shell is not None and step < len(commands):
        part = {"functionCall": {"name": shell[0], "args": _arguments(shell[1], commands[step])}}
    content = {"role": "model", "parts": [part]}
    usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
    yield {
        "candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
        "usageMetadata": usage,
    }


@contextmanager
def streaming_model(commands: Sequence[str]) -> Iterator[str]:
    """A server that makes its client run ``commands``; yields its URL, without a path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send("application/json", b'{"object":"list","data":[],"models":[]}')

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            path = self.path.partition("?")[0]
            if path.endswith("/responses"):
                events = _responses(request, commands)
            elif path.endswith("/chat/completions"):
                events = _chat(request, commands)
            else:
                events = _gemini(request, commands)
            if path.endswith(":generateContent"):
                self._send("application/json", json.dumps(next(events)).encode())
                return
            body = "".join(f"data: {json.dumps(one)}\n\n" for one in events)
            end = "data: [DONE]\n\n" if path.endswith("/chat/completions") else ""
            self._send("text/event-stream", (body + end).encode())

        def _send(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
