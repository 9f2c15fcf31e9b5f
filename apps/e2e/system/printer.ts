/**
 * Prints lines of random bytes for `SECONDS` and writes each to its own file too, which the test compares with;
 * appends its pid to a ledger when it starts, so that a second start shows.
 */
export const PRINTER = `
import os, sys, time
folder, seconds = sys.argv[1], float(sys.argv[2])
run = os.environ["MLE_RUN_ID"]
with open(f"{folder}/ledger-{run}", "a") as ledger:
    ledger.write(f"{os.environ['MLE_ATTEMPT']} {os.getpid()}\\n")
copy = open(f"{folder}/copy-{run}", "wb", buffering=0)
end, i = time.monotonic() + seconds, 0
while time.monotonic() < end:
    line = f"{i} ".encode() + os.urandom(32).hex().encode() + "é\\r\\n".encode() + b"\\x00\\xff\\n"
    copy.write(line)
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
    i += 1
    time.sleep(0.005)
print("done", flush=True)
copy.write(b"done\\n")
`;
