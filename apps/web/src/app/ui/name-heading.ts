import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  type ElementRef,
  inject,
  Injector,
  input,
  linkedSignal,
  output,
  viewChild,
} from '@angular/core';
import { ServerState } from '../core/server-state';
import { Icon } from './icon';
import { InlineName } from './inline-name';

/** A heading that is the name of a thing, and can be changed in place. */
@Component({
  selector: 'mle-name-heading',
  imports: [Icon, InlineName],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (renaming()) {
      <mle-inline-name [label]="'Name of the ' + kind()" [value]="name()" [check]="check()" (done)="finish($event)" />
    } @else {
      <h2>{{ name() }}</h2>
      @if (editable()) {
        <button
          #pencil
          type="button"
          class="ib"
          [attr.aria-label]="'Rename ' + name()"
          title="Rename"
          [disabled]="offline()"
          (click)="renaming.set(true)"
        >
          <mle-icon name="pencil" />
        </button>
      }
    }
  `,
  styles: `
    :host {
      display: contents;
    }
    mle-inline-name {
      flex: 0 1 280px;
    }
  `,
})
export class NameHeading {
  /** Of the thing: the next one begins with its name as it is. */
  readonly id = input.required<string>();
  readonly name = input.required<string>();
  readonly kind = input.required<'machine' | 'pool'>();
  readonly editable = input(false);
  readonly check = input.required<(name: string) => string | null>();
  /** With another name than before. */
  readonly renamed = output<string>();
  private readonly server = inject(ServerState);
  private readonly injector = inject(Injector);
  private readonly pencil = viewChild<ElementRef<HTMLButtonElement>>('pencil');
  protected readonly renaming = linkedSignal({ source: this.id, computation: () => false });
  protected readonly offline = computed(() => this.server.offlineSince() !== null);

  protected finish(name: string | null): void {
    this.renaming.set(false);
    afterNextRender({ write: () => this.pencil()?.nativeElement.focus() }, { injector: this.injector });
    if (name !== null && name !== this.name()) this.renamed.emit(name);
  }
}
