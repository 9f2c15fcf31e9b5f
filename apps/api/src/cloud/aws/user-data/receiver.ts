/**
 * The program on a machine that the server dials: it waits behind the certificate of its user-data for whoever knows
 * the token. `POST /take {files}` brings the worker, installs it, and answers what the worker is known by, as often as
 * it is asked; `POST /begin` ends the program, removes its key and starts the worker at the same port. It has to run on
 * the Python that an image has: its standard library alone, as of version 3.8.
 */
export const RECEIVER = `import hmac, json, os, ssl, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT, HOME = int(sys.argv[1]), sys.argv[2]
FILES = ("install.sh", "worker.mjs")
MOST_BYTES = 64 << 20
SECRETS = [os.path.join(HOME, name) for name in ("receive.pem", "receive.token")]
if not all(map(os.path.exists, SECRETS)):
    sys.exit(0)
with open(SECRETS[1]) as file:
    EXPECTED = "Bearer " + file.read().strip()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.minimum_version = ssl.TLSVersion.TLSv1_3
context.load_cert_chain(SECRETS[0])
one_at_a_time = threading.Lock()
begun = threading.Event()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def finish_request(self, request, address):
        request.settimeout(30)
        try:
            with context.wrap_socket(request, server_side=True) as secure:
                self.RequestHandlerClass(secure, address, self)
        except OSError:
            pass


class Visitor(BaseHTTPRequestHandler):
    def do_POST(self):
        if not hmac.compare_digest(self.headers.get("Authorization", "").encode(), EXPECTED.encode()):
            return self.answer(401, {"error": "The token is wrong."})
        length = int(self.headers.get("Content-Length", "0"))
        if length > MOST_BYTES:
            return self.answer(413, {"error": "This is too much."})
        body = json.loads(self.rfile.read(length) or "{}")
        with one_at_a_time:
            if self.path == "/take":
                self.take(body["files"])
            elif self.path == "/begin":
                self.answer(200, {})
                begun.set()
            else:
                self.answer(404, {"error": "There is nothing here."})

    def take(self, files):
        folder = os.path.join(HOME, "taken", "worker")
        os.makedirs(folder, exist_ok=True)
        for name in FILES:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(files[name])
        made = subprocess.run(["/bin/sh", os.path.join(HOME, "machine"), "identity"], stdout=subprocess.PIPE, text=True)
        lines = made.stdout.strip().splitlines()
        if made.returncode != 0 or not lines:
            return self.answer(500, {"error": "The worker cannot be installed. The console says why."})
        self.answer(200, json.loads(lines[-1]))

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, form, *values):
        print("receive:", form % values, flush=True)


server = Server(("", PORT), Visitor)
threading.Thread(target=server.serve_forever, daemon=True).start()
begun.wait()
server.shutdown()
server.server_close()
subprocess.run(["systemctl", "enable", "--now", "--no-block", "mle-worker.service"], check=True)
for secret in SECRETS:
    os.remove(secret)
subprocess.run(["systemctl", "disable", "mle-receive.service"])
`;
