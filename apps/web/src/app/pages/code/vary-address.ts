import { effect, inject, Injectable, untracked } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';
import { VaryStore } from '../../vary/vary-store';
import { CodeAddress } from './code-address';

/** Shows the Vary that the address names, and has the address name the one that is shown. */
@Injectable()
export class VaryAddress {
  private readonly router = inject(Router);
  private readonly vary = inject(VaryStore);
  private readonly code = inject(CodeAddress);
  private readonly params = toSignal(inject(ActivatedRoute).queryParamMap, { requireSync: true });
  /** The Vary that the address had last; at first none is asked for. */
  private known: string | null = null;

  constructor() {
    effect(() => {
      const id = this.params().get('vary');
      if (!this.code.settled() || id === this.known) return;
      this.known = id;
      if (id !== untracked(this.vary.shown)) untracked(() => void this.vary.show(id));
    });
    effect(() => {
      const id = this.vary.shown();
      if (!this.code.settled() || id === this.params().get('vary')) return;
      this.known = id;
      void this.router.navigate([], { queryParams: { vary: id }, queryParamsHandling: 'merge' });
    });
  }
}
