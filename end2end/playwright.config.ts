import { defineConfig, devices } from '@playwright/test';

import { chromium } from './tests/support/environment';
import type { Options } from './tests/support/server';

// Debian's Chromium; what it would look up on the network by itself is switched off, so that a test that needs the
// network for anything but its own server fails.
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const desktop = {
  ...devices['Desktop Chrome'],
  viewport: { width: 1280, height: 800 },
  locale: 'en-US',
  launchOptions: { executablePath: chromium(), args: flags },
};

export default defineConfig<{ options: Options }>({
  testDir: './tests',
  globalSetup: new URL('tests/support/folder.setup.ts', import.meta.url).pathname,
  outputDir: './test-results',
  // One at a time: browser, server, proxy and three DataNodes share what a small machine has, and some specs disturb the
  // cluster that all of them use.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 120_000,
  globalTimeout: 42 * 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    actionTimeout: 15_000,
    navigationTimeout: 20_000,
    screenshot: 'only-on-failure',
    trace: 'off',
  },
  projects: [
    {
      // What only one of the two can do says so by its tag, and is no test of the other.
      name: 'script',
      grepInvert: /@no-script/,
      testIgnore: ['upload-form.spec.ts', 'long-list-links.spec.ts'],
      use: desktop,
    },
    {
      name: 'no-script',
      grepInvert: /@script/,
      testMatch: ['pages.spec.ts', 'sheet.spec.ts', 'grid.spec.ts', 'selection.spec.ts', 'taken.spec.ts', 'find.spec.ts', 'settings.spec.ts', 'captcha.spec.ts', 'trash.spec.ts', 'administration.spec.ts', 'share.spec.ts', 'view.spec.ts', 'transfer.spec.ts', 'quota.spec.ts', 'journey.spec.ts', 'upload-form.spec.ts', 'long-list-links.spec.ts'],
      use: { ...desktop, javaScriptEnabled: false },
    },
    {
      // What other specs do on one server, once more on two behind nginx, with PostgreSQL and HDFS. What is about the browser
      // more than about them takes long for what it would tell once more.
      name: 'instances',
      grepInvert: /@no-script|@once/,
      testMatch: ['pages.spec.ts', 'trash.spec.ts', 'share.spec.ts', 'administration.spec.ts', 'view.spec.ts', 'find.spec.ts', 'settings.spec.ts', 'selection.spec.ts', 'folders.spec.ts', 'sheet.spec.ts', 'journey.spec.ts', 'captcha.spec.ts', 'transfer.spec.ts', 'quota.spec.ts'],
      use: { ...desktop, ignoreHTTPSErrors: true, options: { backend: 'cluster', instances: 2 } },
    },
  ],
});
