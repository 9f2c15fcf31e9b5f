import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../../platform/config/config.js';
import type { AwsSettingsRepository } from '../keys/aws-settings.repository.js';
import { OwnAddressService } from './own-address.service.js';

let server: Server;
let answer: string;
let service: string;

beforeAll(async () => {
  server = createServer((_request, response) => response.end(answer));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  service = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const find = (addressService: string, typed: string | null = null) =>
  new OwnAddressService(
    { addressService, awsEndpoints: { ec2: null } } as Config,
    { ownAddress: () => Promise.resolve(typed) } as AwsSettingsRepository,
  ).find();

it.each([
  ['203.0.113.7\n', '203.0.113.7'],
  ['2001:db8::1\n', null],
  ['<html>not an address</html>', null],
  ['9'.repeat(1_000_000), null],
  ['', null],
])('of what the service answers an address counts alone, answer %#', async (said, address) => {
  answer = said;
  expect(await find(service)).toEqual({ address, typed: false });
});

it('asks nobody where a person gave it, or wants nobody asked, and lives with nobody there', async () => {
  answer = '203.0.113.7';
  expect(await find(service, '198.51.100.9')).toEqual({ address: '198.51.100.9', typed: true });
  expect(await find('none')).toEqual({ address: null, typed: false });
  expect(await find('http://127.0.0.1:1')).toEqual({ address: null, typed: false });
});
