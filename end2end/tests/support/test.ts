// `test` as every spec imports it: a server of its own, an account, and a page that fails on any error it did not expect.

import { test as base, expect, type Browser, type BrowserContext, type Page } from '@playwright/test';

import { Server, type Options } from './server';

export { expect };

/** Somebody who has an account. */
export interface Account {
  username: string;
  email: string;
  password: string;
}

/** What went wrong in a browser: console errors, uncaught exceptions, violations of the content security policy. */
export class Faults {
  readonly #seen: string[] = [];
  readonly #expected: RegExp[] = [];

  /** Only for faults that the spec causes itself. */
  expect(...patterns: RegExp[]): void {
    this.#expected.push(...patterns);
  }

  watch(context: BrowserContext): void {
    context.on('console', (message) => {
      if (message.type() === 'error') this.#seen.push(`${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.#seen.push(`uncaught ${error.error().stack ?? error.error().message}`));
  }

  /** What nobody expected. */
  unexpected(): string[] {
    return this.#seen.filter((text) => !this.#expected.some((pattern) => pattern.test(text)));
  }
}

/** What Chromium says of each request that a cut network broke, and of answers 5xx. */
export const NETWORK_FAULTS = [/net::ERR_/, /the server responded with a status of 5\d\d/];

interface Fixtures {
  /** What the server runs on; set by `test.use`. */
  options: Options;
  /** What the server is told besides, whatever it runs on; set by `test.use`. */
  environment: Record<string, string>;
  server: Server;
  /** An account made on the command line: an administrator's. */
  account: Account;
  faults: Faults;
  /** An API token of `account`. */
  token: string;
}

export const test = base.extend<Fixtures>({
  options: [{ backend: 'embedded' }, { option: true }],
  environment: [{}, { option: true }],

  server: async ({ options, environment }, use, testInfo) => {
    const server = await Server.start({ ...options, environment: { ...options.environment, ...environment } });
    await use(server);
    await server.stop();
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('server log', { body: server.log.join('\n'), contentType: 'text/plain' });
    }
    expect(server.log.filter((line) => /panicked at|did not end within/.test(line))).toEqual([]);
  },

  account: async ({ server }, use) => {
    const account = { username: 'lin_wei', email: 'lin.wei@example.org', password: 'correct horse 42 staple' };
    const words = ['--username', account.username, '--email', account.email, '--password-stdin'];
    await server.command(['admin', 'create', ...words], account.password);
    await use(account);
  },

  token: async ({ server, account }, use) => {
    await use(await server.command(['token', 'create', '--user', account.username]));
  },

  baseURL: async ({ server }, use) => {
    await use(server.url);
  },

  faults: [
    async ({ context }, use) => {
      const faults = new Faults();
      faults.watch(context);
      await use(faults);
      expect(faults.unexpected(), 'errors in the browser').toEqual([]);
    },
    { auto: true },
  ],
});

/** Somebody elsewhere, in a browser of their own. */
export async function visitor(browser: Browser, server: Server, faults: Faults, javaScriptEnabled = false): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ baseURL: server.url, locale: 'en-US', javaScriptEnabled });
  faults.watch(context);
  return { context, page: await context.newPage() };
}

/** Another window of the same person, as if the browser had been opened again. */
export async function reopen(page: Page): Promise<Page> {
  const context = page.context();
  await page.close({ runBeforeUnload: false });
  return context.newPage();
}
