import { computed, Injectable, signal } from '@angular/core';
import type { IconName } from './icon-shapes';

type ThemeChoice = 'light' | 'dark' | 'system';
/** The choices, by themselves and where other things stand beside them. */
export const THEMES: readonly { value: ThemeChoice; label: string; theme: string; icon: IconName }[] = [
  { value: 'system', label: 'As the system', theme: 'Theme of the system', icon: 'machine' },
  { value: 'light', label: 'Light', theme: 'Light theme', icon: 'sun' },
  { value: 'dark', label: 'Dark', theme: 'Dark theme', icon: 'moon' },
];
const KEY = 'mle.theme';

/** The colour theme. public/theme.js sets it before the first paint by the same rule. */
@Injectable({ providedIn: 'root' })
export class Theme {
  private readonly system = matchMedia('(prefers-color-scheme: dark)');
  private readonly systemDark = signal(this.system.matches);
  readonly choice = signal<ThemeChoice>(readChoice());
  readonly dark = computed(() => (this.choice() === 'system' ? this.systemDark() : this.choice() === 'dark'));

  constructor() {
    this.system.addEventListener('change', (event) => {
      this.systemDark.set(event.matches);
      this.apply();
    });
  }

  choose(choice: ThemeChoice): void {
    this.choice.set(choice);
    try {
      if (choice === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, choice);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    this.apply();
  }

  toggle(): void {
    this.choose(this.dark() ? 'light' : 'dark');
  }

  private apply(): void {
    document.documentElement.dataset['theme'] = this.dark() ? 'dark' : 'light';
  }
}

function readChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'dark' || stored === 'light' ? stored : 'system';
  } catch {
    return 'system';
  }
}
