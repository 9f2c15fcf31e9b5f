import { inject } from '@angular/core';
import type { NavigationError } from '@angular/router';
import { Toasts } from './toasts';

/**
 * A page's script did not come: the server is away, or has become another version meanwhile, whose scripts have other
 * names.
 */
export function tellOfMissingPage({ url }: NavigationError): void {
  inject(Toasts).show('The page could not be loaded. Load it anew; what you typed is kept.', {
    bad: true,
    action: { label: 'Load', run: () => location.assign(url) },
  });
}
