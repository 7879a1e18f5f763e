// Several rows at once: by mouse, by keyboard, by finger, and by check boxes alone where there is no script.

import { execFileSync } from 'node:child_process';
import type { Page } from '@playwright/test';

import { Api } from './support/api';
import { violations } from './support/axe';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { expect, test } from './support/test';

const NAMES = ['a.txt', 'b.txt', 'c.txt', 'd.txt', 'e.txt'];

async function fill(api: Api): Promise<void> {
  for (const name of NAMES) await api.put(name, 'x'.repeat(100));
}

/** The first letters of the rows that are selected. */
async function selected(page: Page): Promise<string> {
  const names = await page.locator('.row[aria-selected=true] .open').allInnerTexts();
  return names.map((name) => name[0]).join('');
}

/** Keeps the rest of a list from coming until what it answers is called. */
async function holdRest(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/form\/folder\?/, async (route) => {
    await released;
    await route.continue();
  });
  return () => release();
}

const bar = (page: Page) => page.locator('.chosen');

test.describe('with script', { tag: '@script' }, () => {
  test('the mouse selects one, several and a range; the bar counts and deletes them, and all come back', async ({ page, account, server, token }) => {
    const api = new Api(server, token);
    await fill(api);
    await enter(page, account);
    const drive = new Drive(page);
    const row = (letter: string) => drive.row(`${letter}.txt`);
    await expect(bar(page)).toBeHidden();

    await row('b').locator('.cell-size').click();
    expect(await selected(page)).toBe('b');
    await expect(bar(page)).toContainText('1 selected · 100 B');
    await row('d').locator('.cell-size').click({ modifiers: ['Shift'] });
    expect(await selected(page)).toBe('bcd');
    await row('c').locator('.open').click({ modifiers: ['ControlOrMeta'] });
    expect(await selected(page)).toBe('bd');
    await row('e').getByRole('checkbox', { name: 'Select “e.txt”' }).check();
    expect(await selected(page)).toBe('bde');
    await expect(bar(page)).toContainText('3 selected · 300 B');
    expect(await violations(page)).toEqual([]);

    await bar(page).getByRole('button', { name: 'Move to trash' }).click();
    await expect(page.getByText('Items moved to trash: 3.')).toBeVisible();
    await expect(bar(page)).toBeHidden();
    expect((await api.root()).map((node) => node.name)).toEqual(['a.txt', 'c.txt']);
    await drive.undo();
    await expect(page.getByText('Items restored: 3.')).toBeVisible();
    for (const name of NAMES) await expect(drive.row(name)).toBeVisible();
    expect(await api.root()).toHaveLength(5);
  });

  test('the keyboard selects, clears, renames and deletes', async ({ page, account, server, token }) => {
    await fill(new Api(server, token));
    await enter(page, account);
    const drive = new Drive(page);
    await drive.row('a.txt').focus();
    await page.keyboard.press('ArrowDown');
    expect(await selected(page), 'arrows alone only move').toBe('');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    expect(await selected(page)).toBe('bd');
    await page.keyboard.press('Shift+ArrowUp');
    expect(await selected(page)).toBe('cd');
    await page.keyboard.press('Escape');
    expect(await selected(page)).toBe('');
    await page.keyboard.press('ControlOrMeta+a');
    expect(await selected(page)).toBe('abcde');
    await page.keyboard.press('Escape');

    await page.keyboard.press('F2');
    await expect(page.getByLabel('New name')).toHaveValue('c.txt');
    await page.getByLabel('New name').fill('z.txt');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Renamed to “z.txt”.')).toBeVisible();
    await drive.row('a.txt').focus();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Delete');
    await expect(page.getByText('Items moved to trash: 2.')).toBeVisible();
    await expect(drive.row('d.txt')).toBeFocused();
  });

  test('all of a list means its rest, too: nothing is done before that is here', { tag: '@once' }, async ({ page, account, server, token }) => {
    const api = new Api(server, token);
    const count = 110;
    for (let n = 100; n < 100 + count; n++) await api.put(`${n}.txt`, 'x');
    const release = await holdRest(page);
    await enter(page, account);
    const drive = new Drive(page);
    await drive.row('100.txt').focus();
    await page.keyboard.press('ControlOrMeta+a');
    await expect(bar(page)).toContainText('100 selected');
    const refused = page.getByText('The list is still loading.');
    await page.keyboard.press('Delete');
    await expect(refused).toBeVisible();
    await bar(page).getByRole('button', { name: 'Move to trash' }).click();
    await bar(page).getByRole('button', { name: 'Share' }).click();
    await drive.row('100.txt').locator('.cell-size').click({ button: 'right' });
    await expect(page.getByRole('menu')).toBeHidden();
    await expect(drive.row('100.txt'), 'still here').toBeVisible();
    await expect(bar(page)).toContainText('100 selected');
    expect(await api.root()).toHaveLength(count);

    release();
    await expect(bar(page)).toContainText(`${count} selected`);
    await page.keyboard.press('Delete');
    await expect(page.getByText(`Items moved to trash: ${count}.`)).toBeVisible();
    expect(await api.root()).toEqual([]);
  });

  test('a row that has the keyboard keeps it while the rest of the list comes', { tag: '@once' }, async ({ page, account, server, token }) => {
    const api = new Api(server, token);
    for (let n = 100; n < 310; n++) await api.put(`${n}.txt`, 'x');
    const release = await holdRest(page);
    await enter(page, account);
    const drive = new Drive(page);
    await drive.row('100.txt').focus();
    await page.keyboard.press('End');
    await expect(drive.row('199.txt')).toBeFocused();
    release();
    await expect(page.locator('[aria-rowcount="211"]')).toBeAttached();
    await expect(drive.row('199.txt')).toBeFocused();
    await expect(drive.row('199.txt')).toBeInViewport();
    await page.keyboard.press('End');
    await expect(drive.row('309.txt')).toBeFocused();
    await expect(drive.row('309.txt')).toBeInViewport();
  });

  test('what is selected is downloaded, shared and moved together', async ({ page, account, server, token }) => {
    const api = new Api(server, token);
    await fill(api);
    await enter(page, account);
    const drive = new Drive(page);
    const id = async (name: string) => (await api.named(name)).id;
    const [a, b] = [await id('a.txt'), await id('b.txt')];
    await drive.row('a.txt').locator('.cell-size').click();
    const download = bar(page).getByRole('link', { name: 'Download' });
    await expect(download).toHaveAttribute('href', `/api/nodes/${a}/content`);
    await expect(bar(page).getByRole('button', { name: 'Download' }), 'it is for those without script').toBeHidden();
    await drive.row('b.txt').locator('.cell-size').click({ modifiers: ['ControlOrMeta'] });
    await expect(download).toHaveAttribute('href', `/api/zip?id=${a}&id=${b}`);

    await bar(page).getByRole('button', { name: 'Share' }).click();
    await expect(page.getByRole('heading', { name: 'Share' })).toBeVisible();
    await expect(page.locator('.share-names > li')).toHaveText(['a.txt', 'b.txt']);
    await page.goBack();
    await drive.row('a.txt').locator('.cell-size').click();
    await drive.row('b.txt').locator('.cell-size').click({ modifiers: ['Shift'] });
    await bar(page).getByRole('button', { name: 'Move or copy' }).click();
    await expect(page.getByText('a.txt, b.txt')).toBeVisible();
    await page.getByRole('button', { name: 'Copy here' }).click();
    await expect(page.getByText('Items copied: 2.')).toBeVisible();
    await expect(drive.row('a (1).txt')).toBeVisible();
  });
});

test.describe('with a finger', { tag: '@script' }, () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('a long press selects, and taps go on with it', async ({ page, account, server, token }) => {
    await fill(new Api(server, token));
    await enter(page, account);
    const drive = new Drive(page);
    const middle = async (name: string) => {
      const box = (await drive.row(name).locator('.cell-size').boundingBox())!;
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    };
    const session = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchEnd', points: { x: number; y: number }[]) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: points });
    await touch('touchStart', [await middle('b.txt')]);
    await expect(drive.row('b.txt')).toHaveAttribute('aria-selected', 'true');
    await touch('touchEnd', []);
    // The first tap beside the menu puts it away.
    const there = await middle('d.txt');
    await page.touchscreen.tap(there.x, there.y);
    await expect(page.getByRole('menu')).toBeHidden();
    await expect(bar(page)).toContainText('1 selected');
    await page.touchscreen.tap(there.x, there.y);
    await expect(bar(page)).toContainText('2 selected');
    expect(await selected(page)).toBe('bd');
    const overhang = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overhang).toBeLessThanOrEqual(0);
    await bar(page).getByRole('button', { name: 'Select all' }).tap();
    await expect(bar(page)).toContainText('5 selected');
    expect(await selected(page)).toBe('abcde');
    await bar(page).getByRole('button', { name: 'Clear selection' }).tap();
    await expect(bar(page)).toBeHidden();
  });
});

test('check boxes and the bar work without script', { tag: '@no-script' }, async ({ page, account, server, token }) => {
  const api = new Api(server, token);
  await fill(api);
  await enter(page, account);
  const drive = new Drive(page);
  await awake(page);
  await expect(bar(page)).toBeHidden();
  for (const name of ['a.txt', 'b.txt']) await drive.row(name).getByRole('checkbox').check();
  await expect(bar(page)).toBeVisible();
  await bar(page).getByRole('button', { name: 'Share' }).click();
  await expect(page.locator('.share-names > li')).toHaveText(['a.txt', 'b.txt']);
  await page.goBack();

  for (const name of ['a.txt', 'b.txt']) await drive.row(name).getByRole('checkbox').check();
  const arriving = page.waitForEvent('download');
  await bar(page).getByRole('button', { name: 'Download' }).click();
  const zip = await (await arriving).path();
  expect(execFileSync('unzip', ['-Z1', zip], { encoding: 'utf8' })).toBe('a.txt\nb.txt\n');

  await bar(page).getByRole('button', { name: 'Move or copy' }).click();
  await expect(page.locator('.sheet .names')).toHaveText('a.txt, b.txt');
  await page.getByRole('button', { name: 'Copy here' }).click();
  await expect(page.getByText('Items copied: 2.')).toBeVisible();
  await expect(drive.row('b (1).txt')).toBeVisible();

  for (const name of ['c.txt', 'd.txt']) await drive.row(name).getByRole('checkbox').check();
  await bar(page).getByRole('button', { name: 'Move to trash' }).click();
  await expect(page.getByText('Items moved to trash:')).toBeVisible();
  await expect(drive.row('c.txt')).toBeHidden();
});
