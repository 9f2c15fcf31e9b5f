import { gitAddress, isPrivateAddress } from './git-address.js';
import { nameFromUrl } from './git-import.service.js';

describe('the address of a repository', () => {
  it.each([
    'file:///etc',
    '/etc/passwd',
    '../x',
    'ext::sh -c id',
    'ext::id',
    '-uid',
    '--upload-pack=id',
    'ftp://host/x',
    'javascript:alert(1)',
    'https://',
    'http://host /x',
    'https://host/x\ny',
    'fd::17',
    '-oProxyCommand=id@host:x',
    'a@-oProxyCommand=id:x',
    '',
    'ssh://$(id).example/x',
    'ssh://`id`.example/x',
    'https://a;id.example/x',
    "ssh://a'b.example/x",
    'https://-x.example/y',
  ])('is not %j', async (url) => {
    await expect(gitAddress(url, [])).rejects.toMatchObject({
      status: 400,
      code: expect.stringMatching(/^git\.address$/),
    });
  });

  it.each([
    'http://127.0.0.1/x',
    'http://localhost/x',
    'https://127.1/x',
    'http://2130706433/x',
    'http://0x7f.0.0.1/x',
    'http://0/x',
    'http://[::1]/x',
    'http://[::ffff:127.0.0.1]/x',
    'http://169.254.169.254/latest',
    'git://10.1.2.3/x',
    'ssh://git@192.168.1.1/x',
    'git@172.16.0.1:x.git',
    'http://[fe80::1]/x',
    'http://[fd00::1]/x',
    'https://user:pass@127.0.0.1/x',
    'git://0x7f.1/x',
    'ssh://git@2130706433/x',
  ])('is not private: %s', async (url) => {
    await expect(gitAddress(url, [])).rejects.toMatchObject({ status: 400, code: 'git.private_host' });
  });

  it('is private only where an administrator allows it', async () => {
    expect(await gitAddress('http://127.0.0.1:3000/x.git', ['127.0.0.1'])).toEqual({
      protocol: 'http',
      host: '127.0.0.1',
      port: 3000,
      address: '127.0.0.1',
      url: 'http://127.0.0.1:3000/x.git',
    });
    expect(await gitAddress('git@127.0.0.1:group/x.git', ['127.0.0.1'])).toMatchObject({
      protocol: 'ssh',
      port: 22,
      url: 'ssh://git@127.0.0.1/group/x.git',
    });
    expect(await gitAddress('https://8.8.8.8/x', [])).toMatchObject({
      protocol: 'https',
      port: 443,
      address: '8.8.8.8',
    });
  });

  it('gives the project its name', () => {
    expect(['https://h/a/mnist.git', 'git@h:a/mnist', 'https://h/mnist/', 'https://h/x?y=/z'].map(nameFromUrl)).toEqual(
      ['mnist', 'mnist', 'mnist', 'x'],
    );
  });
});

it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '2606:4700::1111'])('%s is public', (address) =>
  expect(isPrivateAddress(address)).toBe(false),
);
