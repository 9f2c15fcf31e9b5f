import { effect, inject, type Signal, signal, untracked } from '@angular/core';
import type { ArtifactView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { ArtifactsApi } from './artifacts-api';

/** Between two readings while a run writes many files. */
const PAUSE_MS = 500;

/**
 * The artifacts of a run, kept up to date while the component lives. A list that cannot be had stays as it is: the next
 * event or connection asks again.
 */
export function liveArtifacts(runId: Signal<string | null>): Signal<readonly ArtifactView[]> {
  const api = inject(ArtifactsApi);
  const events = inject(EventsSocket);
  const list = signal<readonly ArtifactView[]>([]);
  effect((onCleanup) => {
    const id = runId();
    const times = events.reading();
    let [ended, timer] = [false, undefined as ReturnType<typeof setTimeout> | undefined];
    const load = async (): Promise<void> => {
      timer = undefined;
      if (id === null) return list.set([]);
      try {
        const { items } = await api.artifacts(id);
        if (!ended) list.set(items);
      } catch {
        // A run that was removed has none.
      }
    };
    const off = events.on('artifact.changed', (change) => {
      if (change.runId === id) timer ??= setTimeout(() => void load(), PAUSE_MS);
    });
    untracked(() => {
      if (id !== shownOf) list.set([]);
      shownOf = id;
      if (times > 0) void load();
    });
    onCleanup(() => {
      ended = true;
      off();
      clearTimeout(timer);
    });
  });
  let shownOf: string | null = null;
  return list.asReadonly();
}
