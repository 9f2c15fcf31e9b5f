import { existsSync } from 'node:fs';

const executablePath =
  process.env['CHROMIUM'] ??
  ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (path) => existsSync(path),
  ) ??
  'chromium';

/** How Chromium is started, for tests and for the bench. */
export const CHROMIUM = {
  executablePath,
  // A container has no sandbox for root and no network: without these Chromium makes many refused connections.
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
