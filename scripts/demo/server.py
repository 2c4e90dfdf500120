"""A development server that nobody stops; it ends by itself after two minutes at the latest."""

import http.server
import signal

DEADLINE_S = 120

signal.alarm(DEADLINE_S)
with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
    print(f"server: listening on 127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
