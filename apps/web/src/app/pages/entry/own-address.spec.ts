import { ownAddress } from './login-page';

describe('ownAddress', () => {
  it.each(['/runs', '/runs/abc?x=1'])('goes back to %s', (next) => expect(ownAddress(next)).toBe(next));
  it.each([
    undefined,
    '',
    'https://elsewhere.example',
    '//elsewhere.example',
    '/\\elsewhere.example',
    'javascript:alert(1)',
    '/login?next=/login',
  ])('never follows %s', (next) => expect(ownAddress(next)).toBe('/code'));
});
