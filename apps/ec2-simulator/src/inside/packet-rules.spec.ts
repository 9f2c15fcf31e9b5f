import { PacketRules } from './packet-rules.js';

function rules(...lines: string[]): PacketRules {
  const made = new PacketRules();
  made.run(
    ['-f', '-'],
    `table inet mle {\n chain output {\n  type filter hook output priority 0; policy accept;\n${lines.join('\n')}\n }\n}`,
  );
  return made;
}

const NOBODY = 65_534;

test.each([
  ['ip daddr 169.254.169.254 meta skuid != 0 drop', true, false],
  ['meta skuid != root ip daddr 169.254.169.254 reject', true, false],
  ['ip daddr 169.254.169.254 skuid { 65534, 12345 } drop', true, false],
  ['ip daddr 169.254.169.254 skuid "root" accept\n ip daddr 169.254.169.254 drop', true, false],
  ['ip daddr 169.254.169.254 drop', true, true],
  ['ip daddr 10.0.0.1 meta skuid != 0 drop', false, false],
  ['ip daddr 169.254.169.254 counter', false, false],
])('%s bars nobody: %p, root: %p', (line, nobody, root) => {
  expect([rules(line).bars(NOBODY), rules(line).bars(0)]).toEqual([nobody, root]);
});

test('rules are added, listed and flushed', () => {
  const made = rules();
  made.run(
    ['add', 'rule', 'inet', 'mle', 'output', 'ip', 'daddr', '169.254.169.254', 'meta', 'skuid', '!=', '0', 'drop'],
    '',
  );
  expect(made.bars(NOBODY)).toBe(true);
  expect(made.run(['list', 'ruleset'], '').stdout).toContain('skuid != 0 drop');
  made.run(['flush', 'ruleset'], '');
  expect(made.bars(NOBODY)).toBe(false);
});
