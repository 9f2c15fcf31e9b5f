import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { PrepareError } from '../../base/prepare-error.js';

const PythonSchema = z.object({
  version: z.string(),
  executable: z.string(),
  machine: z.string(),
  pip: z.boolean(),
  venv: z.boolean(),
  ensurepip: z.boolean(),
});
/** The python3 that runs find. */
export type Python = z.infer<typeof PythonSchema>;

const PROBE = `
import json, os, platform, sys
from importlib.util import find_spec
has = lambda name: find_spec(name) is not None
print(json.dumps({"version": sys.version, "executable": os.path.realpath(sys.executable), "machine": platform.machine(), "pip": has("pip"), "venv": has("venv"), "ensurepip": has("ensurepip")}))
`;
const PROBE_MS = 30_000;
const INSTALL =
  'Install what is missing there, on Debian and Ubuntu by: sudo apt-get install python3-venv. Or turn the set-up off in the settings of the project.';

/** Asks Python itself: a program of that name may be a script that chooses one. Throws `PrepareError`. */
export async function findPython(path: string, uid: number | null): Promise<Python> {
  let text: string;
  try {
    const { stdout } = await promisify(execFile)('python3', ['-I', '-c', PROBE], {
      cwd: '/',
      env: { PATH: path },
      timeout: PROBE_MS,
      ...(uid === null ? {} : { uid, gid: uid }),
    });
    text = stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new PrepareError(`The project has a requirements.txt, and Python is not on this machine. ${INSTALL}`);
    throw new PrepareError(
      `The project has a requirements.txt, and Python does not work on this machine: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const python = PythonSchema.parse(JSON.parse(text));
  if (!python.venv || !(python.pip || python.ensurepip)) {
    throw new PrepareError(
      `Python on this machine cannot make an environment for requirements.txt: it comes without ${python.venv ? 'pip' : 'venv'}. ${INSTALL}`,
    );
  }
  return python;
}
