import { curlCommand, shellWord } from './curl';

it('quotes what a shell would read', () => {
  expect(['plain-1.py', 'two words', '', "it's $HOME", 'a;b'].map(shellWord)).toEqual([
    'plain-1.py',
    "'two words'",
    "''",
    `'it'\\''s $HOME'`,
    "'a;b'",
  ]);
});

it('writes a request as a command', () => {
  expect(curlCommand('POST', 'http://h/api/v1/runs', { file: "it's.py" })).toBe(
    `curl -H "Authorization: Bearer $MLE_TOKEN" -H 'Content-Type: application/json' -d '{"file":"it'\\''s.py"}' http://h/api/v1/runs`,
  );
  expect(curlCommand('DELETE', 'http://h/x')).toBe('curl -X DELETE -H "Authorization: Bearer $MLE_TOKEN" http://h/x');
});
