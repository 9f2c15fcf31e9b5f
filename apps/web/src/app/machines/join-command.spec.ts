import { commandFor, likelyServer, serversOf } from './join-command';

const token = (url: string, addresses: string[] = [], warning: string | null = null) => ({
  command: `curl ${url}/worker/install.sh && printf %s secret | sh mle-install.sh --url ${url} --token-stdin`,
  addresses,
  warning,
});
const local = 'http://127.0.0.1:8080';

it('offers the outer addresses of a server that was opened by its loopback', () => {
  expect(serversOf(token(local, ['192.168.1.5', 'fd00::7']))).toEqual([
    local,
    'http://192.168.1.5:8080',
    'http://[fd00::7]:8080',
  ]);
  expect(serversOf(token('https://mle.example.org', ['192.168.1.5']))).toEqual(['https://mle.example.org']);
});

it('names the outer address by itself only where the server listens to it', () => {
  expect(likelyServer(token(local, ['192.168.1.5']))).toBe('http://192.168.1.5:8080');
  expect(likelyServer(token(local, ['192.168.1.5'], 'listens on this computer only'))).toBe(local);
  expect(likelyServer(token(local))).toBe(local);
});

it('puts the chosen address everywhere into the command', () => {
  expect(commandFor(token(local), 'http://192.168.1.5:8080')).toBe(token('http://192.168.1.5:8080').command);
});
