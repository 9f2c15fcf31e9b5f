import { fetchWords, nameOfRepository } from './git-words';

it('names a project as its repository', () => {
  expect(
    ['https://h/a/mnist.git', 'git@h:a/mnist', ' https://h/mnist/ ', 'https://h/x?y=/z', ''].map(nameOfRepository),
  ).toEqual(['mnist', 'mnist', 'mnist', 'x', '']);
});

it('tells how far a clone is, without what stands before the host', () => {
  expect(fetchWords({ gitUrl: 'https://user:secret@example.org:8443/a.git', phase: 'connecting' })).toBe(
    'Connecting to example.org',
  );
  expect(fetchWords({ gitUrl: 'git@example.org:a.git', phase: 'connecting' })).toBe('Connecting to example.org');
  expect(fetchWords({ gitUrl: 'x', phase: 'receiving', part: 0.459 })).toBe('Receiving the files, 45 %');
});
