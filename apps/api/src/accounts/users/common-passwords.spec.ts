import { isCommonPassword } from './common-passwords.js';

it.each([
  'password',
  'Password1',
  'P@ssw0rd!',
  'passwort123',
  '12345678',
  '87654321',
  '123456789012',
  'qwertyuiop',
  'qwer1234',
  '1q2w3e4r5t',
  'asdfghjkl',
  '1qaz2wsx',
  'aaaaaaaa',
  'abc1abc1abc1',
  '11111111',
  '!!!!!!!!',
  'letmein!!',
  'Welcome2026',
  'iloveyou2',
  'Summer2026!',
  'changeme',
  'admin123',
  'adminadmin',
  'football1',
  'trustno1',
  'mlexperimenter',
  'hello-world-hello'.slice(0, 5) + 'password',
])('%s is refused', (password) => {
  expect(isCommonPassword(password)).toBe(true);
});

it.each([
  'correct horse battery',
  'another long password',
  'a new password',
  'kR7!vbq2',
  'set by another',
  'tr0ub4dor&3x',
  'gänseblümchen wiese',
])('%s is taken', (password) => {
  expect(isCommonPassword(password)).toBe(false);
});

it('the login with digits is refused for its owner', () => {
  expect([isCommonPassword('grace-hopper1', 'grace.hopper'), isCommonPassword('grace-hopper1', 'ada')]).toEqual([
    true,
    false,
  ]);
});
