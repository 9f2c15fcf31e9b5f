import type { LineForm } from './line-form.js';

/** A loop prints few forms; each line is compared with so many at most. */
const MOST = 8;

/** The forms of the lines that were read last. */
export class RecentForms {
  private readonly forms: LineForm[] = [];

  /** The form of the line that begins at `from`, which has taken its numbers; or null. */
  of(bytes: Uint8Array, from: number): LineForm | null {
    const { forms } = this;
    for (let i = 0; i < forms.length; i++) {
      const form = forms[i] as LineForm;
      if (!form.take(bytes, from)) continue;
      // The ones that come often are tried first.
      for (let at = i; at > 0; at--) forms[at] = forms[at - 1] as LineForm;
      forms[0] = form;
      return form;
    }
    return null;
  }

  add(form: LineForm): void {
    if (this.forms.length === MOST) this.forms.pop();
    this.forms.unshift(form);
  }
}
