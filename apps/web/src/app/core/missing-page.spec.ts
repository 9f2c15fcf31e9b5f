import { TestBed } from '@angular/core/testing';
import { NavigationError } from '@angular/router';
import { tellOfMissingPage } from './missing-page';
import { Toasts } from './toasts';

it('says that a page could not be loaded, with a button that loads it', () => {
  TestBed.runInInjectionContext(() => tellOfMissingPage(new NavigationError(1, '/runs', new Error('no script'))));
  expect(TestBed.inject(Toasts).list()).toMatchObject([{ bad: true, action: { label: 'Load' } }]);
});
