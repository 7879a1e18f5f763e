// The menu of rows: by the right button, by keyboard, and by a long press on a phone.

import type { Page } from '@playwright/test';

import { Api } from './support/api';
import { violations } from './support/axe';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { expect, test } from './support/test';

const menu = (page: Page) => page.getByRole('menu');
const items = (page: Page) => menu(page).getByRole('menuitem').allInnerTexts();

test.beforeEach(async ({ page, account, server, token }) => {
  const api = new Api(server, token);
  await api.folder('papers');
  for (const name of ['a.txt', 'b.txt']) await api.put(name, name);
  await enter(page, account);
});

test('the right button offers what fits: to a folder, to a file, to several', async ({ page }) => {
  const drive = new Drive(page);
  await drive.row('papers').click({ button: 'right' });
  expect(await items(page)).toEqual(['Open', 'Download', 'Share', 'Rename', 'Move to…', 'Copy to…', 'Details', 'Move to trash']);
  await expect(drive.row('papers')).toHaveAttribute('aria-selected', 'true');
  expect(await violations(page)).toEqual([]);
  await page.mouse.click(700, 700);
  await expect(menu(page)).toBeHidden();

  await drive.row('a.txt').click({ button: 'right' });
  expect(await items(page)).toEqual(['Open', 'Download', 'Share', 'Rename', 'Move to…', 'Copy to…', 'Details', 'Move to trash']);
  await page.keyboard.press('Escape');
  await expect(menu(page)).toBeHidden();
  await expect(drive.row('a.txt')).toBeFocused();

  await drive.row('b.txt').getByRole('checkbox').check();
  await drive.row('a.txt').click({ button: 'right' });
  expect(await items(page)).not.toContain('Rename');
  await menu(page).getByRole('menuitem', { name: 'Move to trash' }).click();
  await expect(page.getByText('Items moved to trash: 2.')).toBeVisible();
});

test('the keyboard opens it, walks round in it and chooses', async ({ page }) => {
  const drive = new Drive(page);
  await drive.row('a.txt').focus();
  await page.keyboard.press('Shift+F10');
  const item = (name: string) => menu(page).getByRole('menuitem', { name });
  await expect(item('Open')).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(item('Move to trash')).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(item('Rename')).toBeFocused();
  await page.keyboard.press('Space');
  await expect(page.getByLabel('New name')).toHaveValue('a.txt');
  await page.goBack();
  await drive.row('a.txt').focus();
  await page.keyboard.press('Shift+F10');
  await item('Copy to…').press('Enter');
  await expect(page.getByRole('main').getByText('a.txt', { exact: true })).toBeVisible();
  await expect(page.locator('.button.primary', { hasText: 'Copy here' })).toBeVisible();
});

test('the three dots at the end of a row open it, too', async ({ page }) => {
  const drive = new Drive(page);
  const dots = (name: string) => drive.row(name).getByRole('link', { name: `Move, copy or rename “${name}”` });
  await dots('a.txt').click();
  expect(await items(page)).toContain('Rename');
  await expect(drive.row('a.txt')).toHaveAttribute('aria-selected', 'true');
  await dots('papers').click();
  await expect(drive.row('a.txt')).toHaveAttribute('aria-selected', 'false');
  await menu(page).getByRole('menuitem', { name: 'Open' }).click();
  await expect(page.getByRole('heading', { name: 'papers' })).toBeVisible();
});

test('a click on what is beside the menu near the edge of the window finds all of it on the screen', async ({ page }) => {
  await page.setViewportSize({ width: 700, height: 420 });
  const box = (await new Drive(page).row('b.txt').boundingBox())!;
  await page.mouse.click(box.x + box.width - 150, box.y + 5, { button: 'right' });
  const shown = (await menu(page).boundingBox())!;
  expect(shown.x + shown.width).toBeLessThanOrEqual(700);
  expect(shown.y + shown.height).toBeLessThanOrEqual(420);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('a long press selects and offers; the foot of the screen has it', async ({ page }) => {
    const drive = new Drive(page);
    const box = (await drive.row('b.txt').locator('.cell-size').boundingBox())!;
    const session = await page.context().newCDPSession(page);
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
    await expect(menu(page)).toBeVisible();
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect(drive.row('b.txt')).toHaveAttribute('aria-selected', 'true');
    const shown = (await menu(page).boundingBox())!;
    expect([shown.x, shown.width, Math.round(shown.y + shown.height)]).toEqual([0, 360, 740]);
    for (const item of await menu(page).getByRole('menuitem').all()) expect((await item.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    await page.touchscreen.tap(180, 200);
    await expect(menu(page)).toBeHidden();
    await drive.row('b.txt').getByRole('link', { name: 'Move, copy or rename' }).tap();
    await menu(page).getByRole('menuitem', { name: 'Move to trash' }).tap();
    await expect(page.getByText('“b.txt” moved to trash.')).toBeVisible();
  });
});
