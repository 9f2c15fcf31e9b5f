import { accessSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

/** The shell first, as for the browser tests. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

/** Chromium with the session of the first user; each page that `fresh` gives has a cache of its own. */
export async function openBrowser({ url, client }) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? installed(),
    // A container has no sandbox for root and no network.
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const [name = '', value = ''] = client.cookie.split('=');
  return {
    async fresh(viewport = { width: 1350, height: 940 }) {
      const context = await browser.newContext({ viewport });
      await context.addCookies([{ name, value, url }]);
      return context;
    },
    close: () => browser.close(),
  };
}

function installed() {
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    for (const name of NAMES)
      try {
        accessSync(join(folder, name));
        return join(folder, name);
      } catch {
        // It is not there.
      }
  throw new Error('The bench needs Chromium. Install it, or set CHROMIUM to the path of one.');
}

/** Processor time of the page's main thread in ms, from the start of its process, by what it did. */
export async function mainThread(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name) => (metrics.find((metric) => metric.name === name)?.value ?? 0) * 1000;
    return {
      all: of('TaskDuration'),
      script: of('ScriptDuration'),
      layout: of('LayoutDuration') + of('RecalcStyleDuration'),
    };
  };
}
