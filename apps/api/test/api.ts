import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, type Parts } from '@mle/testing';
import type { INestApplication } from '@nestjs/common';
import { UsersService } from '../src/accounts/users/users.service.js';
import { createApplication } from '../src/application.js';
import { type Config, loadConfig } from '../src/platform/config/config.js';

export const PASSWORD = 'correct horse battery';

export interface ApiUnderTest {
  url: string;
  app: INestApplication;
  config: Config;
  close(): Promise<void>;
  /** A new user who is logged in: the first is an administrator, the others are members. */
  signUp(login: string): Promise<Client>;
  /** A browser that nobody has logged in with. */
  visitor(): Client;
}

/** As serve.ts ends it: a connection that is not used any more, and does not know it, keeps nobody waiting. */
async function closed(app: INestApplication): Promise<void> {
  const late = setTimeout(() => (app.getHttpServer() as Server).closeAllConnections(), 2_000);
  await app.close();
  clearTimeout(late);
}

/** Starts the API in this process on a free port, as main.ts does. */
export async function startApi(parts: Parts, overrides: Partial<Config> = {}): Promise<ApiUnderTest> {
  const environment = {
    MONGODB_URI: parts.mongodbUri,
    REDIS_URL: parts.redisUrl,
    MLE_DATA_DIR: parts.dataDir,
    MLE_PORT: '0',
    MLE_LOG_LEVEL: process.env['MLE_TEST_LOG_LEVEL'] ?? 'silent',
  };
  const config: Config = { ...loadConfig(environment), storeDir: parts.storeDir, ...overrides };
  const app = await createApplication(config);
  await app.listen(config.port, config.host).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  const visitor = () => new Client(url);
  return {
    url,
    app,
    config,
    close: () => closed(app),
    visitor,
    signUp: async (login) => {
      await app.get(UsersService, { strict: false }).addOrReset(login, PASSWORD);
      const client = visitor();
      const { status, body } = await client.post<{ id: string }>('/api/v1/auth/login', { login, password: PASSWORD });
      if (status !== 200) throw new Error(`login of ${login} answered ${status}`);
      client.userId = body.id;
      return client;
    },
  };
}
