// Every page in both languages and both colours, from phone to 4K.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';

import { Api } from '../tests/support/api';
import { MIB, makeFile } from '../tests/support/files';
import { awake } from '../tests/support/pages/awake';
import { Tray } from '../tests/support/pages/tray';
import { expect, test, type Account } from '../tests/support/test';

const folder = process.env['HAYLOFT_SCREENSHOTS'] ?? 'screenshots/pictures';

const sizes = { desktop: [1280, 800], phone: [390, 844], narrow: [360, 740], '4k': [3840, 2160] } as const;

/** Names as people have them; the bytes matter less than their number. */
const files: [name: string, bytes: number][] = [
  ['IMG_2048 黄山日出.jpg', 8_400_000],
  ['答辩录像 final.mp4', 96_100_000],
  ['实验数据说明.pdf', 1_200_000],
  ['events-2026-11.parquet', 41_800_000],
  ['访谈 03.flac', 26_700_000],
  ['README.md', 4_100],
  ['cover@2x.webp', 312_000],
  ['budget 2027.xlsx', 84_500],
  ['model-weights.tar.zst', 64_000_000],
  ['cluster-notes.txt', 912],
];

test.setTimeout(300_000);

async function signIn(context: BrowserContext, url: string, account: Account): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${url}/login`);
  await page.locator('[autocomplete=username]').fill(account.username);
  await page.locator('input[type=password]').fill(account.password);
  await page.locator('input[type=password]').press('Enter');
  await expect(page).toHaveURL(`${url}/`);
  await page.close();
}

async function take(page: Page, ...words: string[]): Promise<void> {
  // Fonts and the last frame of an animation.
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${words.join('-')}.png`), animations: 'disabled' });
}

for (const locale of ['zh-CN', 'en-US']) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${locale} in ${colorScheme} colours`, async ({ browser, server, token, account }, testInfo) => {
      await mkdir(folder, { recursive: true });
      const large = await makeFile(testInfo.outputPath('讲座 1080p.mkv'), 300 * MIB);
      const small = await makeFile(testInfo.outputPath('IMG_2049.jpg'), 6 * MIB, 2);
      const other = await makeFile(testInfo.outputPath('events-2026-12.parquet'), 90 * MIB, 3);
      const label = `${locale.slice(0, 2)}-${colorScheme}`;
      const signedIn = await browser.newContext({ locale, colorScheme, baseURL: server.url });
      await signIn(signedIn, server.url, account);
      const cookies = await signedIn.storageState();

      const each = async (path: string, name: string, storageState?: typeof cookies): Promise<void> => {
        for (const [size, [width, height]] of Object.entries(sizes)) {
          const touch = width < 600;
          const options = { locale, colorScheme, baseURL: server.url, viewport: { width, height }, hasTouch: touch, isMobile: touch };
          const context = await browser.newContext({ ...options, ...(storageState && { storageState }) });
          const page = await context.newPage();
          await page.goto(path);
          await awake(page);
          await take(page, name, label, size);
          await context.close();
        }
      };
      await each('/login', 'login');
      await each('/register', 'register');
      await each('/', 'empty', cookies);
      const api = new Api(server, token);
      for (const [name, bytes] of files) await api.put(name, Buffer.alloc(bytes, name));
      await each('/', 'drive', cookies);

      const page = await signedIn.newPage();
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto('/');
      const start = server.link.sent;
      await new Tray(page).pick(small.path);
      await expect(page.getByText('IMG_2049.jpg').first()).toBeVisible();
      await server.link.sentAtLeast(start + small.size);
      server.link.limit(24 * MIB);
      await new Tray(page).pick([large.path, other.path]);
      await server.link.sentAtLeast(start + small.size + 120 * MIB);
      for (const [size, [width, height]] of Object.entries(sizes)) {
        await page.setViewportSize({ width, height });
        await take(page, 'uploading', label, size);
      }
      await signedIn.close();
    });
  }
}
