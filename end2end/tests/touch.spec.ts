// On a phone: everything that is pressed is large enough for a finger, and nothing is offered that fingers cannot do.

import type { Locator } from '@playwright/test';

import { Api } from './support/api';
import { BEYOND_BUFFERS, makeFile } from './support/files';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { Tray } from './support/pages/tray';
import { expect, test } from './support/test';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

/** The least width and height of a target, in pixels. */
const FINGER = 44;

async function box(element: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await element.boundingBox();
  if (!box) throw new Error(`${String(element)} is not shown`);
  return box;
}

async function expectLargeEnough(targets: Locator, least: number): Promise<void> {
  expect(await targets.count()).toBeGreaterThanOrEqual(least);
  for (const target of await targets.all()) {
    const { width, height } = await box(target);
    expect(Math.min(width, height), (await target.getAttribute('aria-label')) ?? (await target.innerText())).toBeGreaterThanOrEqual(FINGER);
  }
}

test('the choices before sign-in show which is chosen', async ({ page }) => {
  await page.goto('/login');
  for (const chosen of await page.locator('.entrance-foot [aria-pressed=true]').all()) {
    const [own, around] = await chosen.evaluate((button) => [button, button.parentElement!].map((part) => getComputedStyle(part).backgroundColor));
    expect(around).not.toBe('rgba(0, 0, 0, 0)');
    expect(around, await chosen.innerText()).not.toBe(own);
  }
});

test('an empty folder speaks of the button, not of dragging, and has nothing to sort', async ({ page, account }) => {
  await enter(page, account);
  await expect(page.getByText('Choose “Upload” to add your first file.')).toBeVisible();
  await expect(page.getByText('drop files')).toBeHidden();
  await expect(page.getByRole('link', { name: 'Sort by Name' })).toBeHidden();
});

test('the heads stand above their columns, and a row opens wherever it is touched', async ({ page, server, token, account }) => {
  await new Api(server, token).put('notes.txt', 'some notes');
  await enter(page, account);
  const row = new Drive(page).row('notes.txt');
  expect((await box(page.getByRole('link', { name: 'Sort by Name' }))).x).toBe((await box(row.locator('.cell-name'))).x);
  const middle = async (element: Locator): Promise<number> => (await box(element)).x + (await box(element)).width / 2;
  expect(await middle(row.locator('.cell-act button')), 'one line of icons').toBe(await middle(page.locator('.bar-end .square')));
  // Without the one for downloading: the page that the name leads to has it.
  await expectLargeEnough(row.locator('.cell-act .button:visible'), 3);

  const size = await box(row.locator('.cell-size'));
  await page.touchscreen.tap(size.x + size.width / 2, size.y + size.height / 2);
  await expect(page).toHaveURL(/\/view\//);
  await expect(page.locator('.view-text')).toContainText('some notes');
});

test('everything in the tray and in the menu is large enough for a finger', async ({ page, server, account }, testInfo) => {
  const file = await makeFile(testInfo.outputPath('a.bin'), BEYOND_BUFFERS);
  await enter(page, account);
  const tray = new Tray(page);
  server.link.limit(64 * 1024);
  await tray.pick(file.path);
  await expect(tray.row('a.bin')).toBeVisible();
  await expectLargeEnough(tray.root.getByRole('button'), 4);
  await tray.press('a.bin', 'Pause');
  await expect(tray.row('a.bin')).toContainText('Paused');
  await expectLargeEnough(tray.root.getByRole('button'), 4);
  server.link.mend();
  await new Drive(page).openAccountMenu();
  await expectLargeEnough(page.locator('.menu[open]').getByRole('button'), 6);
});
