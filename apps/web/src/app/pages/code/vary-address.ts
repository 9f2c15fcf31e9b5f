import { computed, effect, inject, Injectable, type Signal, untracked } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';
import { VaryStore } from '../../vary/vary-store';
import { CodeAddress } from './code-address';

/** Shows the Vary that the address names, or the panel with the values of a run, and has it name those that are shown. */
@Injectable()
export class VaryAddress {
  private readonly router = inject(Router);
  private readonly vary = inject(VaryStore);
  private readonly code = inject(CodeAddress);
  private readonly params = toSignal(inject(ActivatedRoute).queryParamMap, { requireSync: true });

  constructor() {
    this.bind('vary', this.vary.shown, (id) => void this.vary.show(id));
    // A Vary that is shown tells the values itself.
    const like = computed(() => (this.vary.shown() === null ? this.vary.centreRunId() : null));
    this.bind('like', like, (id) => void this.vary.openOf(id));
  }

  /** An address that another one overtakes is named again: what is shown stands until the address itself changes. */
  private bind(param: 'vary' | 'like', shown: Signal<string | null>, show: (id: string | null) => void): void {
    let seen: string | null = null;
    effect(() => {
      const id = this.params().get(param);
      if (!this.code.settled() || id === seen) return;
      seen = id;
      if (id !== untracked(shown)) untracked(() => show(id));
    });
    effect(() => {
      const [id, named] = [shown(), this.params().get(param)];
      if (!this.code.settled() || id === named || named !== seen) return;
      void this.router.navigate([], { queryParams: { [param]: id }, queryParamsHandling: 'merge' });
    });
  }
}
