import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { PAGES } from '../../frame/pages';
import { UnknownPage } from './unknown-page';

it('says that nothing is at the address, keeps it, and leads to the pages that there are', async () => {
  TestBed.configureTestingModule({ providers: [provideRouter([{ path: '**', component: UnknownPage }])] });
  const harness = await RouterTestingHarness.create('/runz?tab=output');
  const shown = harness.routeNativeElement;
  expect(shown?.querySelector('h1')?.textContent).toBe('There is no page at this address');
  expect(TestBed.inject(Router).url).toBe('/runz?tab=output');
  expect([...(shown?.querySelectorAll('a') ?? [])].map((link) => link.getAttribute('href'))).toEqual(
    PAGES.map(({ path }) => path),
  );
});
