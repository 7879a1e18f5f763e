// Folders of the person's disk, picked and dropped, with all that is in them.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';

import { Api } from './support/api';
import { makeFile, MIB } from './support/files';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { Tray } from './support/pages/tray';
import { expect, NETWORK_FAULTS, reopen, test } from './support/test';

/** Writes empty folders (with a slash at their end) and small files; answers the folder around them. */
async function write(paths: string[]): Promise<string> {
  const around = test.info().outputPath('disk');
  for (const path of paths) {
    await mkdir(path.endsWith('/') ? join(around, path) : dirname(join(around, path)), { recursive: true });
    if (!path.endsWith('/')) await writeFile(join(around, path), `this is ${path}`);
  }
  return around;
}

/** Drops files and folders of this machine into the middle of the page, as the system does. */
async function drop(page: Page, files: string[]): Promise<void> {
  await awake(page);
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data });
  }
}

/** Everything that was begun has ended, and `count` files are there. */
async function expectUploaded(page: Page, count: number): Promise<void> {
  await expect(new Tray(page).root.getByRole('heading')).toHaveText(`${count} files uploaded`, { timeout: 90_000 });
}

test('a dropped folder arrives with its folders, and dropped once more sends nothing again', async ({ page, account, server, token }) => {
  const api = new Api(server, token);
  const paths = ['photos/封面.txt', 'photos/2024/a.txt', 'photos/2024/b "c".txt', 'photos/2025/spring/d.txt', 'photos/empty/', 'photos/2024/'];
  const around = await write([...paths, 'alone.txt']);
  await enter(page, account);
  await drop(page, [join(around, 'photos'), join(around, 'alone.txt')]);
  await expectUploaded(page, 5);
  const tree = [...paths, 'alone.txt', 'photos/', 'photos/2025/', 'photos/2025/spring/'].sort();
  expect(await api.tree()).toEqual(tree);
  await expect(new Drive(page).row('photos'), 'the list shows the new folder').toBeVisible();
  await expect(new Tray(page).row('photos/2025/spring/d.txt')).toBeVisible();

  const before = server.link.sent;
  await writeFile(join(around, 'photos/2024/new.txt'), 'one more');
  await drop(page, [join(around, 'photos')]);
  await expectUploaded(page, 5);
  expect(await api.tree()).toEqual([...tree, 'photos/2024/new.txt'].sort());
  expect(server.link.sent - before).toBeLessThan(64 * 1024);
});

test('a picked folder goes on after the page was closed in the middle', async ({ page, account, server, token, faults }) => {
  faults.expect(...NETWORK_FAULTS);
  const api = new Api(server, token);
  const around = await write(['work/a.txt', 'work/b.txt']);
  const large = await makeFile(join(around, 'work/sub/large.bin'), 24 * MIB);
  const pick = async (on: Page) => {
    const chooser = on.waitForEvent('filechooser');
    await on.getByRole('button', { name: 'Upload folder' }).click();
    await (await chooser).setFiles(join(around, 'work'));
  };
  await enter(page, account);
  server.link.limit(8 * MIB);
  await pick(page);
  await server.link.sentAtLeast(large.size / 2);
  server.link.cut();
  const again = await reopen(page);
  server.link.mend();
  await new Drive(again).open();
  await expect(new Tray(again).row('large.bin')).toContainText('Choose this file again');
  const before = server.link.sent;
  await pick(again);
  await expectUploaded(again, 3);
  expect(await api.tree()).toEqual(['work/', 'work/a.txt', 'work/b.txt', 'work/sub/', 'work/sub/large.bin']);
  expect(server.link.sent - before, 'the large one did not begin anew').toBeLessThan(large.size * 0.9);
  expect(await api.unfinished()).toEqual([]);
});

test('hundreds of files do not freeze the page', { tag: '@once' }, async ({ page, account, server, token }) => {
  const paths = Array.from({ length: 500 }, (_, n) => `many/${Math.floor(n / 100)}/${n}.txt`);
  const around = await write(paths);
  await enter(page, account);
  await page.evaluate(() => {
    const longest = { of: 0 };
    Object.assign(window, { longest });
    let last = performance.now();
    const beat = (): void => {
      longest.of = Math.max(longest.of, performance.now() - last);
      last = performance.now();
      setTimeout(beat, 10);
    };
    beat();
  });
  test.slow();
  await drop(page, [join(around, 'many')]);
  const tray = new Tray(page);
  await expect(tray.root.getByRole('heading')).toContainText(/Uploading [345]\d\d files/, { timeout: 30_000 });
  expect(await tray.root.getByRole('listitem').count()).toBeLessThanOrEqual(100);
  await expectUploaded(page, 500);
  const longest = await page.evaluate(() => (window as unknown as { longest: { of: number } }).longest.of);
  expect(longest, 'milliseconds in which the page did not answer').toBeLessThan(1_500);
  expect((await new Api(server, token).tree()).filter((path) => path.endsWith('.txt'))).toHaveLength(500);
});
