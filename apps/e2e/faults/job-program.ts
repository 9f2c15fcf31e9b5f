/** What a run of `job.py` does. */
export interface JobPlan {
  /** How long it prints lines; it ends earlier when it gets SIGINT. */
  seconds?: number;
  /** Between two lines. */
  pause?: number;
  /** Bytes to print as fast as the pipe takes them, instead of lines. Their SHA-256 is noted instead of a copy. */
  flood?: number;
  /** Of a flood: notes the SHA-256 of its first `head` bytes with its last `tail` bytes too. */
  ends?: { head: number; tail: number };
  /** Megabytes per second at which a flood is held. */
  rate?: number;
  /** A line feed in a flood every so many bytes; 0: none. */
  lineBytes?: number;
  /** Its exit code. */
  exit?: number;
  /** It ignores SIGINT and SIGTERM. */
  stubborn?: boolean;
  /** It leaves a process in a session of its own, which sleeps and ignores signals. */
  stray?: boolean;
}

/**
 * The program of the fault tests, its own witness: it appends each start and each orderly end to a ledger that all runs
 * share, and writes to a file of its own whatever it is about to print: text, split UTF-8, NUL bytes, colours, carriage
 * returns.
 */
export const JOB = String.raw`
import hashlib, json, os, signal, subprocess, sys, time

folder, plan = sys.argv[1], json.loads(sys.argv[2])
name = os.environ["MLE_RUN_ID"] + "-" + os.environ["MLE_ATTEMPT"]

def note(event):
    ledger = os.open(folder + "/ledger", os.O_WRONLY | os.O_APPEND)
    os.write(ledger, f"{event} {name} {os.getpid()}\n".encode())
    os.close(ledger)

def write(fd, data):
    while data:
        data = data[os.write(fd, data):]

asked = []
for each in (signal.SIGINT, signal.SIGTERM):
    signal.signal(each, (lambda *_: None) if plan.get("stubborn") else (lambda *_: asked.append(1)))
note("start")
copy = os.open(f"{folder}/copy-{name}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)

if plan.get("stray"):
    sleeper = "import signal, time; [signal.signal(s, signal.SIG_IGN) for s in (signal.SIGINT, signal.SIGTERM)]; time.sleep(600)"
    subprocess.Popen([sys.executable, "-c", sleeper], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

begun = time.monotonic()
if "flood" in plan:
    total, rate, line = plan["flood"], plan.get("rate"), plan.get("lineBytes", 100)
    ends = plan.get("ends", {"head": total, "tail": 0})
    head, tail = ends["head"], ends["tail"]
    block = bytearray(os.urandom(65536).replace(b"\n", b" ") * 4)
    if line:
        block[line - 1 :: line] = b"\n" * len(block[line - 1 :: line])
    digest, both, last, sent = hashlib.sha256(), hashlib.sha256(), b"", 0
    while sent < total:
        end = head if sent < head else total
        piece = memoryview(block)[: min(len(block), end - sent)]
        digest.update(piece)
        write(1, piece)
        if sent < head:
            both.update(piece)
        elif tail:
            last = (last + piece)[-tail:]
        sent += len(piece)
        if rate:
            time.sleep(max(0, sent / (rate * 1e6) - (time.monotonic() - begun)))
    both.update(last)
    with open(f"{folder}/sum-{name}", "w") as summary:
        ends = {"bytes": min(head, total) + len(last), "sha256": both.hexdigest()}
        json.dump({"bytes": total, "sha256": digest.hexdigest(), "ends": ends}, summary)
else:
    i = 0
    while not asked and time.monotonic() - begun < plan.get("seconds", 0):
        line = b"%d \x1b[3%dm" % (i, i % 8) + os.urandom(24).hex().encode() + "\x1b[0m é€😀\r".encode() + b"\x00\xff\n"
        write(copy, line)
        # Cut inside the UTF-8 of the line, so that the pieces are no text by themselves.
        write(1, line[:-9])
        write(1, line[-9:])
        i += 1
        time.sleep(plan.get("pause", 0.01))
    write(copy, b"done\n")
    write(1, b"done\n")
note("end")
sys.exit(plan.get("exit", 0))
`;
