// Uploads on a real HDFS and PostgreSQL while the world is as it is: networks break, servers die, proxies are narrow.

import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Page } from '@playwright/test';

import { Api } from './support/api';
import { BIG, bigFile } from './support/big-file';
import { Cluster } from './support/cluster';
import { MIB, makeFile } from './support/files';
import { NarrowProxy } from './support/narrow-proxy';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { Tray } from './support/pages/tray';
import { expect, NETWORK_FAULTS, reopen, test } from './support/test';

test.use({ options: { backend: 'cluster' } });

const HALF = BIG / 2;

/** Whole requests that are under way when something breaks may lose what the store has not taken yet. */
const HEADS = 256 * 1024;

async function resumeAndCheck(page: Page, api: Api, server: { link: { sent: number } }): Promise<void> {
  const file = await bigFile();
  const name = basename(file.path);
  const drive = new Drive(page);
  await drive.open();
  const tray = new Tray(page);
  await expect(tray.row(name), 'the tray knows the unfinished upload').toBeVisible();
  const kept = await api.keptBytes();
  expect(kept, 'most of what was sent lasted').toBeGreaterThan(HALF / 2);
  const before = server.link.sent;

  await tray.pick(file.path);
  await tray.done(name);
  expect(server.link.sent - before, 'only what was missing is sent').toBeLessThan(BIG - kept + HEADS);

  await expect(drive.row(name)).toHaveCount(1);
  const node = await api.named(name);
  expect(node).toMatchObject({ size: file.size, blake3: file.blake3 });
  expect(await api.unfinished()).toEqual([]);
  expect(await drive.downloadHash(name)).toEqual({ size: file.size, blake3: file.blake3 });
}

test('network cut in the middle, page closed, opened again, resumed, downloaded', async ({ page, server, token, account, faults }) => {
  faults.expect(...NETWORK_FAULTS);
  const file = await bigFile();
  const api = new Api(server, token);
  await enter(page, account);
  const tray = new Tray(page);
  server.link.limit(150 * MIB);
  await tray.pick(file.path);
  await server.link.sentAtLeast(HALF);
  server.link.cut();
  await expect(tray.row(basename(file.path))).toContainText(/trying again/i);
  const again = await reopen(page);
  server.link.mend();
  await resumeAndCheck(again, api, server);
});

test('server killed in the middle and started again: the same page goes on', async ({ page, server, token, account, faults }) => {
  faults.expect(...NETWORK_FAULTS);
  const file = await bigFile();
  const name = basename(file.path);
  const api = new Api(server, token);
  await enter(page, account);
  const tray = new Tray(page);
  server.link.limit(150 * MIB);
  await tray.pick(file.path);
  await server.link.sentAtLeast(HALF);
  await server.kill();
  await expect(tray.row(name)).toContainText(/trying again/i);
  await server.restart();
  server.link.mend();
  await tray.done(name);
  expect(server.link.sent, 'it did not begin anew').toBeLessThan(BIG * 1.5);
  expect(await api.named(name)).toMatchObject({ size: file.size, blake3: file.blake3 });
  expect(await new Drive(page).downloadHash(name)).toEqual({ size: file.size, blake3: file.blake3 });
});

test('server killed in the middle, page closed, both back: resumed', async ({ page, server, token, account, faults }) => {
  faults.expect(...NETWORK_FAULTS);
  const file = await bigFile();
  const api = new Api(server, token);
  await enter(page, account);
  server.link.limit(150 * MIB);
  await new Tray(page).pick(file.path);
  await server.link.sentAtLeast(HALF);
  await server.kill();
  const again = await reopen(page);
  await server.restart();
  server.link.mend();
  await resumeAndCheck(again, api, server);
});

test('pause, resume and cancel', async ({ page, server, token, account }, testInfo) => {
  const file = await makeFile(testInfo.outputPath('paused.bin'), 40 * MIB);
  const api = new Api(server, token);
  await enter(page, account);
  const tray = new Tray(page);
  server.link.limit(8 * MIB);
  await tray.pick(file.path);
  await server.link.sentAtLeast(8 * MIB);
  await tray.press('paused.bin', 'Pause');
  await expect(tray.row('paused.bin')).toContainText('Paused');
  const kept = await api.keptBytes();
  expect(kept).toBeGreaterThan(0);
  const sent = server.link.sent;
  await tray.press('paused.bin', 'Resume');
  server.link.mend();
  await tray.done('paused.bin');
  // What was under way at the pause sits in the network's buffers and is lost; all that had been kept would be more.
  expect(server.link.sent - sent).toBeLessThan(file.size - kept / 2);
  expect(await api.named('paused.bin')).toMatchObject({ blake3: file.blake3 });

  server.link.limit(8 * MIB);
  const other = await makeFile(testInfo.outputPath('cancelled.bin'), 40 * MIB, 2);
  const start = server.link.sent;
  await tray.pick(other.path);
  await server.link.sentAtLeast(start + 8 * MIB);
  await tray.press('cancelled.bin', 'Cancel');
  await expect(tray.row('cancelled.bin')).toBeHidden();
  await expect.poll(() => api.unfinished()).toEqual([]);
  expect((await api.root()).map((node) => node.name)).toEqual(['paused.bin']);
});

test('small files, an empty one and odd names, all at once', async ({ page, server, token, account }, testInfo) => {
  const names = ['empty', '😀 emoji 👩‍👩‍👧.txt', '毕业设计 最终版（3）.docx', `it's "quoted" & <b>bold.html`, '#1 100%?.txt', 'e\u0301.txt', `${'长'.repeat(84)}.md`];
  const contents = new Map(names.map((name, index) => [name.normalize('NFC'), name === 'empty' ? '' : `content ${index} of ${name}`]));
  const paths = names.map((name) => join(testInfo.outputDir, name));
  await makeFile(testInfo.outputPath('x'), 0);
  for (const path of paths) await writeFile(path, contents.get(basename(path).normalize('NFC'))!);
  const api = new Api(server, token);
  await enter(page, account);
  const drive = new Drive(page);
  await new Tray(page).pick(paths);
  for (const name of contents.keys()) await expect(drive.row(name)).toBeVisible({ timeout: 30_000 });
  const nodes = await api.root();
  expect(nodes.map((node) => node.name).toSorted()).toEqual([...contents.keys()].toSorted());
  await new Tray(page).close();
  for (const [name, content] of contents) {
    expect(await drive.downloadText(name), name).toBe(content);
  }
});

test.describe('a store that is away', () => {
  test('in safe mode: waiting is shown, then it goes on', async ({ page, server, token, account, faults }, testInfo) => {
    faults.expect(...NETWORK_FAULTS);
    const file = await makeFile(testInfo.outputPath('patient.bin'), 3 * MIB);
    const cluster = await Cluster.read();
    await enter(page, account);
    const tray = new Tray(page);
    await cluster.safeMode('enter');
    try {
      await tray.pick(file.path);
      await expect(tray.row('patient.bin')).toContainText(/store is unreachable.*trying again in \d+ s/i);
    } finally {
      await cluster.safeMode('leave');
    }
    await tray.done('patient.bin');
    expect(await new Api(server, token).named('patient.bin')).toMatchObject({ blake3: file.blake3 });
  });
});

test('a proxy that takes only small bodies halves the request size', async ({ page, server, token, account, faults }, testInfo) => {
  faults.expect(/the server responded with a status of 413/);
  const file = await makeFile(testInfo.outputPath('wide.bin'), 20 * MIB);
  const proxy = await NarrowProxy.open(server.link.port, 6 * MIB);
  try {
    await enter(page, account, `http://127.0.0.1:${proxy.port}`);
    const tray = new Tray(page);
    await tray.pick(file.path);
    await tray.done('wide.bin');
    await page.close();
  } finally {
    await proxy.close();
  }
  expect(proxy.refused.length).toBeGreaterThan(0);
  expect(proxy.refused.length, 'it learns').toBeLessThan(8);
  expect(proxy.largestPassed).toBeLessThanOrEqual(6 * MIB);
  expect(proxy.largestPassed).toBeGreaterThan(2 * MIB);
  expect(await new Api(server, token).named('wide.bin')).toMatchObject({ blake3: file.blake3 });
});

test('leaving with uploads running asks first; without, it does not', async ({ page, server, account, faults }, testInfo) => {
  faults.expect(...NETWORK_FAULTS);
  const file = await makeFile(testInfo.outputPath('leaving.bin'), 20 * MIB);
  await enter(page, account);
  const tray = new Tray(page);
  server.link.limit(4 * MIB);
  await tray.pick(file.path);
  await server.link.sentAtLeast(4 * MIB);
  const asked = page.waitForEvent('dialog');
  const closing = page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await closing;
  await expect(tray.row('leaving.bin')).toBeVisible();
  server.link.mend();
  await tray.done('leaving.bin');
  let dialogs = 0;
  page.on('dialog', (late) => {
    dialogs += 1;
    void late.accept();
  });
  await page.reload();
  expect(dialogs).toBe(0);
});
