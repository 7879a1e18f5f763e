// Folders as cards, and the panel of details.

import { Api } from './support/api';
import { violations } from './support/axe';
import { PNG } from './support/files';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { Tray } from './support/pages/tray';
import { expect, test } from './support/test';

test('the grid is chosen and stays, from the first byte of the next page', async ({ page, account, server, token, javaScriptEnabled }) => {
  const api = new Api(server, token);
  for (const name of ['a.txt', 'c.txt', 'd.txt', 'e.txt', 'f.txt', 'g.txt', 'h.txt', 'i.txt']) await api.put(name, name);
  // One that says it is a picture and is none: nobody asks what it looks like.
  await api.put('j.jpg', 'j.jpg');
  const { id } = await api.put('b.png', PNG);
  await expect.poll(async () => (await api.node(id)).thumbnail, { timeout: 30_000 }).toBe(true);
  await enter(page, account);
  const drive = new Drive(page);
  const place = async (name: string) => (await drive.row(name).boundingBox())!;
  expect((await place('a.txt')).x).toBe((await place('b.png')).x);
  const chosen = page.waitForResponse(/\/form\/view/);
  await page.getByRole('button', { name: 'Grid view' }).click();
  await chosen;
  await awake(page);
  await expect(page.getByRole('button', { name: 'List view' })).toBeVisible();
  expect((await place('a.txt')).y, 'beside one another').toBe((await place('b.png')).y);
  await expect(drive.row('b.png').locator('img')).toHaveAttribute('loading', 'lazy');
  await expect(drive.row('b.png').locator('img')).toHaveJSProperty('naturalWidth', 1);
  await expect(drive.row('j.jpg').locator('img')).toHaveCount(0);
  await expect(drive.row('a.txt').locator('img')).toHaveCount(0);
  const body = await (await page.request.get('/')).text();
  expect(body).toMatch(/class="[^"]*\bgrid\b/);
  if (javaScriptEnabled) {
    expect(await violations(page)).toEqual([]);
    await drive.row('a.txt').focus();
    await page.keyboard.press('ArrowRight');
    await expect(drive.row('b.png')).toBeFocused();
    await page.keyboard.press('ArrowDown');
    const [from, to] = [await place('b.png'), (await page.locator('.row:focus').boundingBox())!];
    expect([to.x, to.y > from.y]).toEqual([from.x, true]);
    await page.setViewportSize({ width: 360, height: 740 });
    const overhang = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overhang).toBeLessThanOrEqual(0);
  }
  await page.goto('/');
  await awake(page);
  expect((await place('a.txt')).y).toBe((await place('b.png')).y);
  const back = page.waitForResponse(/\/form\/view/);
  await page.getByRole('button', { name: 'List view' }).click();
  await back;
  await expect(page.getByRole('button', { name: 'Grid view' })).toBeVisible();
});

// Its picture is made after the list has shown it; nothing is asked for before, or Chromium would say so.
test('a picture that is uploaded is seen without loading anew', { tag: '@script' }, async ({ page, account }) => {
  await enter(page, account);
  const chosen = page.waitForResponse(/\/form\/view/);
  await page.getByRole('button', { name: 'Grid view' }).click();
  await chosen;
  await expect(page.getByRole('button', { name: 'List view' })).toBeVisible();
  const tray = new Tray(page);
  await tray.pick({ name: 'new.png', mimeType: 'image/png', buffer: PNG });
  await tray.done('new.png');
  await tray.close();
  await expect(new Drive(page).row('new.png').locator('img')).toHaveJSProperty('naturalWidth', 1, { timeout: 30_000 });
});

// Without script the list says what there is to say.
test('details of one, and of several', { tag: '@script' }, async ({ page, account, server, token }) => {
  const api = new Api(server, token);
  await api.put('a.txt', 'x'.repeat(1234));
  await api.put('b.txt', 'x');
  await enter(page, account);
  const drive = new Drive(page);
  await drive.row('a.txt').locator('.cell-size').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Details' }).click();
  const panel = page.getByRole('region', { name: 'Details' });
  await expect(panel).toContainText('1.23 kB (1234 B)');
  await expect(panel).toContainText('My files');
  await expect(panel).toContainText('Document');
  const { blake3 } = await api.contentHash((await api.named('a.txt')).id);
  await expect(panel).toContainText(blake3);
  expect(await violations(page)).toEqual([]);
  await drive.row('b.txt').getByRole('checkbox').check();
  await expect(panel).toContainText('2 selected · 1.24 kB');
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await violations(page)).toEqual([]);
  await panel.getByRole('button', { name: 'Close' }).click();
  await expect(panel).toBeHidden();
});
