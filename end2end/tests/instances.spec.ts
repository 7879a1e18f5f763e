// Two instances on one PostgreSQL and one HDFS behind nginx, taken in turn: one dies, and both are restarted one after the
// other. The nginx site is the one that operators are given.

import { basename, join } from 'node:path';

import { Api } from './support/api';
import { BIG, bigFile } from './support/big-file';
import { runFolder } from './support/environment';
import { makeFile, MIB } from './support/files';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { Tray } from './support/pages/tray';
import { expect, NETWORK_FAULTS, test } from './support/test';

test.use({
  ignoreHTTPSErrors: true,
  options: { backend: 'cluster', instances: 2, environment: { HAYLOFT_GRACE: '2m', HAYLOFT_LOG: 'info' } },
});
test.setTimeout(240_000);

/** A file whose upload takes a few seconds more than a restart. */
const SECOND = 300_000_000;

test('an instance is killed in the middle of an upload: the page goes on at the other', async ({ page, server, token, account, faults }) => {
  faults.expect(...NETWORK_FAULTS);
  const file = await bigFile();
  const name = basename(file.path);
  await enter(page, account);
  const tray = new Tray(page);
  server.link.limit(150 * MIB);
  await tray.pick(file.path);
  await server.link.sentAtLeast(BIG / 2);
  await server.kill(0);
  server.link.mend();
  await tray.done(name);
  expect(server.link.sent, 'it did not begin anew').toBeLessThan(BIG * 1.5);
  const api = new Api(server, token);
  expect(await api.named(name)).toMatchObject({ size: file.size, blake3: file.blake3 });
  expect(await new Drive(page).downloadHash(name)).toEqual({ size: file.size, blake3: file.blake3 });
  expect(await api.unfinished()).toEqual([]);

  await server.restart(0);
  await server.kill(1);
  await new Drive(page).open();
  await expect(new Drive(page).row(name)).toBeVisible();
});

test('several files at once, a folder, and a download: each request at another instance', async ({ page, server, token, account }) => {
  const names = Array.from({ length: 12 }, (_, number) => `paper ${number + 1}.txt`);
  const files = names.map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(`content of ${name}`) }));
  await enter(page, account);
  const drive = new Drive(page);
  const tray = new Tray(page);
  await tray.pick(files);
  for (const name of names) await expect(drive.row(name)).toBeVisible({ timeout: 60_000 });
  await tray.close();
  await page.getByText('New folder').click();
  await page.getByLabel('Folder name').fill('Papers');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('link', { name: 'Papers', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Papers' })).toBeVisible();
  await tray.pick(files.slice(0, 2));
  for (const name of names.slice(0, 2)) await tray.done(name);
  expect(await drive.downloadText('paper 1.txt')).toBe('content of paper 1.txt');
  expect(await new Api(server, token).root()).toHaveLength(13);
  // Both of them were at work.
  for (const instance of [0, 1]) expect(server.answers(instance), `instance ${instance}`).toBeGreaterThan(10);
});

test('a rolling restart during an upload and a download: nothing fails', async ({ page, server, token, account }) => {
  const [down, up] = [await bigFile(), await makeFile(join(runFolder(), 'second recording.mkv'), SECOND, 2)];
  const api = new Api(server, token);
  await enter(page, account);
  const tray = new Tray(page);
  await tray.pick(down.path);
  await tray.done(basename(down.path));
  await tray.close();

  const [sent, received] = [server.link.sent, server.link.received];
  server.link.limit(80 * MIB);
  const arriving = new Drive(page).downloadHash(basename(down.path));
  await server.link.receivedAtLeast(received + 10 * MIB);
  await tray.pick(up.path);
  await server.link.sentAtLeast(sent + 10 * MIB);

  // Meanwhile others come and go: small files, lists. Each answer that is an error fails the test.
  let ended = false;
  const others = (async () => {
    let number = 0;
    for (; !ended; number += 1) {
      await api.put(`small ${number}.txt`, `content ${number}`);
      expect((await api.root()).length).toBeGreaterThan(number);
    }
    return number;
  })();
  for (const instance of [0, 1]) {
    await server.terminate(instance, 120_000);
    await server.restart(instance);
  }
  ended = true;
  expect(await others, 'others were served all the time').toBeGreaterThan(5);
  expect(await arriving).toEqual({ size: down.size, blake3: down.blake3 });
  await tray.done(basename(up.path));
  expect(await api.named(basename(up.path))).toMatchObject({ size: up.size, blake3: up.blake3 });
  expect(server.log.filter((line) => /were cut off/.test(line))).toEqual([]);
  await new Drive(page).open();
  await expect(new Drive(page).row(basename(up.path))).toBeVisible();
});
