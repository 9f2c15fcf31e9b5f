import { tmpdir } from 'node:os';
import { delimiter } from 'node:path';
import type { RunSpec } from '@mle/protocol';

interface RunPlaces {
  /** Files there become artifacts. */
  outputDir: string;
  /** Kept between the runs of the project. */
  cacheDir: string;
  home: string;
  /** What the run's user is called. */
  user: string;
  path: string;
  /** The folder of `mle.py`; null: there is none. */
  python: string | null;
  lang: string;
}

/**
 * A run that has GPUs for itself sees no others, whatever its own variables say. The indexes of the inventory are in
 * the order of the bus, those of CUDA by themselves are not.
 */
export function gpuEnvironment(gpus: readonly number[]): Record<string, string> {
  return gpus.length === 0 ? {} : { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: gpus.join(',') };
}

/**
 * The whole environment of a run: nothing of the worker's own goes along. The run's own variables win, but for MLE_*.
 */
export function runEnvironment(spec: RunSpec, places: RunPlaces): Record<string, string> {
  const params = Object.fromEntries(
    Object.entries(spec.params).map(([name, value]) => [`MLE_PARAM_${name.toUpperCase()}`, String(value)]),
  );
  return {
    PATH: places.path,
    HOME: places.home,
    // Without an entry for the user id, programs ask these.
    USER: places.user,
    LOGNAME: places.user,
    LANG: places.lang,
    TMPDIR: tmpdir(),
    PYTHONUNBUFFERED: '1',
    PYTHONHASHSEED: String(spec.seed),
    ...spec.env,
    ...pythonPath(spec.env['PYTHONPATH'], places.python),
    ...params,
    MLE_RUN_ID: spec.runId,
    MLE_PROJECT: spec.projectName,
    MLE_ATTEMPT: String(spec.attempt),
    MLE_SEED: String(spec.seed),
    MLE_PARAMS: JSON.stringify(spec.params),
    MLE_OUTPUT_DIR: places.outputDir,
    MLE_CACHE_DIR: places.cacheDir,
  };
}

/** The project's own modules come first, then what the run says. */
function pythonPath(own: string | undefined, folder: string | null): Record<string, string> {
  return folder === null
    ? {}
    : { PYTHONPATH: own === undefined || own === '' ? folder : `${own}${delimiter}${folder}` };
}
