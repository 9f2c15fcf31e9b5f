import type { LineForm } from './line-form.js';

/** A loop prints few forms; each line is compared with so many at most. */
const MOST = 8;
/** After forms that no other line had, so many lines are passed over at most before one is made again. */
const LONGEST_PAUSE = 200;

/** The forms of the lines that were read last. */
export class RecentForms {
  private readonly forms: LineForm[] = [];
  /** Forms that were made since one was met again. */
  private unmet = 0;
  private pause = 0;

  /** The form of the line that begins at `from`, which has taken its numbers; or null. */
  of(bytes: Uint8Array, from: number): LineForm | null {
    const { forms } = this;
    for (let i = 0; i < forms.length; i++) {
      const form = forms[i] as LineForm;
      if (!form.take(bytes, from)) continue;
      // The ones that come often are tried first.
      for (let at = i; at > 0; at--) forms[at] = forms[at - 1] as LineForm;
      forms[0] = form;
      this.unmet = this.pause = 0;
      return form;
    }
    return null;
  }

  /** Whether the form of a line is worth making: each that is met by no other line makes the next one rarer. */
  admits(): boolean {
    return this.pause === 0 || --this.pause === 0;
  }

  add(form: LineForm | null): void {
    if (!form) return;
    this.pause = Math.min(LONGEST_PAUSE, this.unmet++);
    if (this.forms.length === MOST) this.forms.pop();
    this.forms.unshift(form);
  }
}
