// Without JavaScript there is no tray: a plain form carries the bytes into the same upload core.

import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { Api } from './support/api';
import { makeFile } from './support/files';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import type { Options } from './support/server';
import { expect, test } from './support/test';

const places: [where: string, options: Options][] = [
  ['on one server', { backend: 'cluster' }],
  ['on two behind nginx', { backend: 'cluster', instances: 2 }],
];

for (const [where, options] of places) {
  test.describe(where, () => {
    test.use({ options, ignoreHTTPSErrors: true });

    test('100 MB and a small file arrive through the form', async ({ page, server, token, account }, testInfo) => {
      const large = await makeFile(testInfo.outputPath('form “large”.bin'), 100_000_000);
      const small = await makeFile(testInfo.outputPath('small.bin'), 11, 2);
      await enter(page, account);
      await page.locator('summary', { hasText: 'Upload' }).click();
      await page.getByLabel('Choose files to upload').setInputFiles([large.path, small.path]);
      await page.getByRole('button', { name: 'Start upload' }).click();
      await expect(page.getByText('2 files uploaded.')).toBeVisible({ timeout: 60_000 });
      const api = new Api(server, token);
      for (const file of [large, small]) {
        const name = basename(file.path);
        await expect(new Drive(page).row(name)).toBeVisible();
        const node = await api.named(name);
        expect(node.size).toBe(file.size);
        // A form does not say how long a file is, so its hash may come a moment later.
        await expect.poll(async () => (await api.node(node.id)).blake3, { timeout: 30_000 }).toBe(file.blake3);
        expect(await new Drive(page).downloadHash(name)).toEqual({ size: file.size, blake3: file.blake3 });
      }
    });
  });
}

test('a folder arrives with its folders', async ({ page, server, token, account }, testInfo) => {
  const folder = testInfo.outputPath('旅行');
  await mkdir(join(folder, 'inner'), { recursive: true });
  await writeFile(join(folder, 'a.txt'), 'a');
  await writeFile(join(folder, 'inner', 'b.txt'), 'b');
  await enter(page, account);
  await page.locator('summary', { hasText: 'Upload' }).click();
  await page.getByLabel('Or choose a folder').setInputFiles(folder);
  await page.getByRole('button', { name: 'Start upload' }).click();
  await expect(page.getByText('2 files uploaded.')).toBeVisible();
  expect(await new Api(server, token).tree()).toEqual(['旅行/', '旅行/a.txt', '旅行/inner/', '旅行/inner/b.txt']);
});
