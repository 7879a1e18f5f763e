// Uploads under names that are taken: the tray asks, the plain form was told before.

import { Api } from './support/api';
import { violations } from './support/axe';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { Tray } from './support/pages/tray';
import { expect, test } from './support/test';

const text = (name: string, content: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });

test.describe('with script', { tag: '@script' }, () => {
  test.beforeEach(({ faults }) => faults.expect(/the server responded with a status of 409/));

  test('a taken name is asked about, and both are kept, one replaced, or it is skipped', async ({ page, server, token, account }) => {
    const api = new Api(server, token);
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await api.put(name, 'before');
    await enter(page, account);
    const tray = new Tray(page);
    const drive = new Drive(page);
    await tray.pick(['a.txt', 'b.txt', 'c.txt', 'd.txt'].map((name) => text(name, `after ${name}`)));
    await tray.done('d.txt');
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await expect(tray.row(name)).toContainText('This name is taken here');
    await expect(tray.root.getByRole('heading')).toHaveText('3 files with a name that is taken');
    await expect(tray.root.getByRole('button', { name: 'Close' })).toBeHidden();
    expect(await violations(page)).toEqual([]);

    await tray.press('a.txt', 'Keep both');
    await tray.done('a.txt');
    await expect(drive.row('a (1).txt')).toBeVisible();
    await tray.press('b.txt', 'Replace');
    await tray.done('b.txt');
    await tray.press('c.txt', 'Skip');
    await expect(tray.row('c.txt')).toBeHidden();
    await expect(tray.root.getByRole('heading')).toHaveText('3 files uploaded');
    expect(await api.tree()).toEqual(['a (1).txt', 'a.txt', 'b.txt', 'c.txt', 'd.txt']);
    const read = async (name: string) => drive.downloadText(name);
    expect([await read('a.txt'), await read('a (1).txt'), await read('b.txt'), await read('c.txt')]).toEqual([
      'before',
      'after a.txt',
      'after b.txt',
      'before',
    ]);
  });

  test('one answer is enough for all, and leaving before it asks', async ({ page, server, token, account }) => {
    const api = new Api(server, token);
    const names = Array.from({ length: 12 }, (_, index) => `${index}.txt`);
    for (const name of names) await api.put(name, 'before');
    await enter(page, account);
    const tray = new Tray(page);
    await tray.pick(names.map((name) => text(name, 'after it')));
    await expect(tray.root).toContainText('All 12:');
    const asked = page.waitForEvent('dialog');
    const closing = page.close({ runBeforeUnload: true });
    await (await asked).dismiss();
    await closing;
    await tray.root.locator('.tray-remedies').getByRole('button', { name: 'Replace' }).click();
    await expect(tray.root.getByRole('heading')).toHaveText('12 files uploaded');
    expect(new Set((await api.root()).map((node) => node.size))).toEqual(new Set([8]));
    expect(await api.root()).toHaveLength(12);
  });
});

test.describe('by the plain form', { tag: '@no-script' }, () => {
  test('what is to be done with taken names is chosen before', async ({ page, server, token, account }) => {
    const api = new Api(server, token);
    await api.put('a.txt', 'before');
    await enter(page, account);
    const send = async (how: string): Promise<void> => {
      await page.locator('.uploader > summary').click();
      await page.getByRole('radio', { name: how }).check();
      await page.getByLabel('Choose files to upload').setInputFiles([text('a.txt', 'after it')]);
      await page.getByRole('button', { name: 'Start upload' }).click();
    };
    await send('Skip');
    await expect(page.getByText('Files uploaded: 0. Skipped, since their names are taken: 1.')).toBeVisible();
    expect((await api.named('a.txt')).size).toBe(6);
    await send('Replace');
    await expect(page.getByText('1 file uploaded.')).toBeVisible();
    expect((await api.named('a.txt')).size).toBe(8);
    await send('Keep both');
    await expect(new Drive(page).row('a (1).txt')).toBeVisible();
  });
});
