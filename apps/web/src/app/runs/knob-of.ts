import type { ParamValue, RunView } from '@mle/protocol';

/** What its file had there, or what it was given. */
export function knobOf({ knobs, params }: Pick<RunView, 'knobs' | 'params'>, name: string): ParamValue | undefined {
  return Object.hasOwn(knobs, name) ? knobs[name] : Object.hasOwn(params, name) ? params[name] : undefined;
}
