import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Stands in for the client and the engine: the "container" is a process in a session of its own that carries
 * nothing of the run, so that only the client's signals and `docker rm` end it.
 */
const PROGRAM = `#!/usr/bin/env python3
import os, signal, subprocess, sys
words, state = sys.argv[1:], os.path.dirname(os.path.abspath(__file__)) + "/state"
def note(text):
    with open(state + "/log", "a") as log:
        log.write(text + "\\n")
def value(option):
    return words[words.index(option) + 1]
note(" ".join(words))
if words[0] == "version":
    print("99.0")
elif words[:2] == ["image", "inspect"]:
    sys.exit(0 if os.path.exists(state + "/" + words[2]) else 1)
elif words[0] == "pull":
    if words[1] == "missing":
        sys.exit("manifest unknown")
    print("Pulled " + words[1])
    open(state + "/" + words[1], "w").close()
elif words[0] == "rm":
    path = state + "/" + words[2] + ".pid"
    if os.path.exists(path):
        os.killpg(int(open(path).read()), signal.SIGKILL)
elif words[0] == "run":
    mounts = dict(reversed([part.split("=", 1)[1] for part in words[i + 1].split(",")[1:]]) for i, word in enumerate(words) if word == "--mount")
    env = dict(line.rstrip("\\n").split("=", 1) for line in open(value("--env-file")))
    note("client " + " ".join(sorted(os.environ)))
    at = words.index("--entrypoint")
    env.setdefault("PATH", os.environ["PATH"])
    hidden = {name: text for name, text in env.items() if name not in ("MLE_RUN_ID", "MLE_ATTEMPT")}
    child = subprocess.Popen([words[at + 1]] + words[at + 3:], cwd=mounts[value("--workdir")], env=hidden, start_new_session=True)
    with open(state + "/" + value("--name") + ".pid", "w") as file:
        file.write(str(child.pid))
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, frame: child.send_signal(number))
    sys.exit(child.wait() % 256)
`;

/** The folder of the program, for PATH; `state/log` in it has the command lines. */
export function fakeDocker(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mle-docker-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'state'));
  chmodSync(join(folder, 'state'), 0o777);
  writeFileSync(join(folder, 'docker'), PROGRAM, { mode: 0o755 });
  return folder;
}
