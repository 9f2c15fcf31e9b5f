import { computed, effect, inject, Injectable, linkedSignal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';
import { ProjectsStore } from '../../projects/projects-store';
import type { RunFilter } from '../../runs/runs-api';
import { type ListFilter, statesOf } from './run-list';
import { choiceOf, paramsOf, type RunsChoice } from './runs-choice';

/** What is typed stands in the address after this pause. */
const TYPED_MS = 300;

/** Which runs the page is about, as its address says. */
@Injectable()
export class RunsFilter {
  private readonly router = inject(Router);
  private readonly projects = inject(ProjectsStore);
  private readonly address = toSignal(inject(ActivatedRoute).queryParams, { requireSync: true });
  readonly choice = computed(() => choiceOf(this.address()));
  /** As typed; the address follows. */
  readonly text = linkedSignal(() => this.choice().text);
  readonly thisProject = computed(() => !this.choice().everywhere);
  readonly folded = computed(() => this.choice().folded);
  readonly projectId = computed(() => (this.thisProject() ? (this.projects.current()?.id ?? null) : null));
  /** Until the project is known, the runs of all would be asked for in its place. */
  readonly waitsForProject = computed(
    () => this.projectId() === null && this.thisProject() && this.projects.status() === 'loading',
  );
  readonly list = computed<ListFilter>(() => ({
    ...this.choice(),
    projectId: this.projectId(),
    text: this.text().trim(),
  }));
  /** As the server takes it. */
  readonly asked = computed<RunFilter>(() => {
    const { projectId, text, machineId, tag, file, knobs } = this.list();
    return {
      projectId: projectId ?? undefined,
      state: statesOf(this.list())?.join(','),
      machineId,
      tag,
      file,
      text,
      sort: this.choice().sort,
      ...Object.fromEntries(knobs.map(([name, value]) => [`knob.${name}`, value])),
    };
  });
  /** Whether it leaves anything out. */
  readonly narrows = computed(() => {
    const { state, machineId, tag, file, knobs } = this.choice();
    return this.text() !== '' || knobs.length > 0 || [state, machineId, tag, file].some((value) => value !== '');
  });

  constructor() {
    effect((onCleanup) => {
      const text = this.text();
      if (text === this.choice().text) return;
      const timer = setTimeout(() => this.change({ text }, true), TYPED_MS);
      onCleanup(() => clearTimeout(timer));
    });
  }

  change(change: Partial<RunsChoice>, replaceUrl = false): void {
    const project = this.projects.current()?.id;
    const queryParams = {
      ...paramsOf({ ...this.choice(), text: this.text(), ...change }),
      ...(project && { project }),
    };
    void this.router.navigate([], { queryParams, replaceUrl });
  }

  clear(): void {
    this.change({ text: '', state: '', machineId: '', tag: '', file: '', knobs: [] });
  }

  /** The runs of a group, one by one. */
  openGroup(value: string): void {
    const { group, knobs } = this.choice();
    this.change({ group: '', knobs: [...knobs.filter(([name]) => name !== group), [group, value]] });
  }
}
