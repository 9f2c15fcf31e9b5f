import { ActiveDescendantKeyManager, type Highlightable } from '@angular/cdk/a11y';
import {
  computed,
  contentChildren,
  DestroyRef,
  Directive,
  effect,
  ElementRef,
  forwardRef,
  inject,
  Injector,
  output,
  signal,
  untracked,
} from '@angular/core';

let made = 0;

/** A choice of a list below a box of text: the box keeps the focus, and its keys choose here. */
@Directive({
  selector: '[mleListOption]',
  host: {
    role: 'option',
    '[id]': 'id',
    '[attr.aria-selected]': 'active()',
    '(mousemove)': 'list.point(this)',
    '(click)': 'picked.emit()',
  },
})
export class ListOption implements Highlightable {
  protected readonly list = inject<OptionList>(forwardRef(() => OptionList));
  readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  readonly id = `option-${made++}`;
  readonly picked = output();
  protected readonly active = signal(false);

  setActiveStyles(): void {
    this.active.set(true);
  }

  setInactiveStyles(): void {
    this.active.set(false);
  }
}

/** The list: its first choice is the active one, until the arrow keys or the pointer come to another. */
@Directive({ selector: '[mleOptionList]', exportAs: 'mleOptionList', host: { role: 'listbox' } })
export class OptionList {
  private readonly options = contentChildren(ListOption, { descendants: true });
  private readonly keys = new ActiveDescendantKeyManager<ListOption>(this.options, inject(Injector)).withWrap();
  /** For the box's aria-activedescendant. */
  readonly activeId = computed(() => this.active()?.id ?? null);

  constructor() {
    effect(() => {
      if (this.options().length > 0) untracked(() => this.keys.setFirstItemActive());
    });
    inject(DestroyRef).onDestroy(() => this.keys.destroy());
  }

  /** The keys of the box. */
  onKey(event: KeyboardEvent): void {
    if (event.key === 'Enter') {
      event.preventDefault();
      this.active()?.picked.emit();
      return;
    }
    this.keys.onKeydown(event);
    if (event.defaultPrevented) this.active()?.host.scrollIntoView({ block: 'nearest' });
  }

  point(option: ListOption): void {
    this.keys.setActiveItem(option);
  }

  /** What was chosen last may no longer be there. */
  private active(): ListOption | null {
    const option = this.keys.activeItem;
    return option && this.options().includes(option) ? option : null;
  }
}
