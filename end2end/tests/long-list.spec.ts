// Ten thousand files in one folder: all of them can be reached, and few of them are in the document.

import type { Page } from '@playwright/test';

import { fillRoot, numbered } from './support/long-list';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { expect, test } from './support/test';

test.use({ options: { backend: 'cluster' } });

const COUNT = 10_000;
const last = numbered(COUNT);

test.beforeEach(async ({ server, account, page }) => {
  await fillRoot(server, account.username, COUNT);
  await enter(page, account);
  await expect(new Drive(page).row(numbered(1))).toBeVisible();
});

async function expectFewRows(page: Page): Promise<void> {
  const rows = await page.locator('.rows > .row').count();
  expect(rows).toBeGreaterThan(10);
  expect(rows, 'rows in the document').toBeLessThan(120);
}

test('the wheel leads to the last of ten thousand rows', async ({ page }) => {
  const drive = new Drive(page);
  await expectFewRows(page);
  await drive.row(numbered(1)).hover();
  await expect(async () => {
    await page.mouse.wheel(0, 1_000_000);
    await expectFewRows(page);
    await expect(drive.row(last)).toBeInViewport({ timeout: 500 });
  }).toPass({ timeout: 90_000 });
  await expect(page.getByRole('grid', { name: 'Files' })).toHaveAttribute('aria-rowcount', String(COUNT + 1));
  await expect(drive.row(last)).toHaveAttribute('aria-rowindex', String(COUNT + 1));
  await expect(page.getByText('Loading…')).toBeHidden();
  await expectFewRows(page);
});

test('keys lead to the last of ten thousand rows and back', async ({ page }) => {
  const drive = new Drive(page);
  await drive.row(numbered(1)).focus();
  await page.keyboard.press('ArrowDown');
  await expect(drive.row(numbered(2))).toBeFocused();
  // End leads to the last row that is known, and near it the next ones are fetched.
  await expect(async () => {
    await page.keyboard.press('End');
    await expectFewRows(page);
    await expect(drive.row(last)).toBeFocused({ timeout: 500 });
  }).toPass({ timeout: 90_000 });
  await expect(drive.row(last)).toBeInViewport();
  await page.keyboard.press('ArrowDown');
  await expect(drive.row(last)).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(drive.row(numbered(COUNT - 1))).toBeFocused();
  await page.keyboard.press('PageUp');
  const focused = page.locator('.row:focus');
  const index = Number(await focused.getAttribute('aria-rowindex'));
  expect(index, 'a screen is more than a few rows').toBeLessThan(COUNT - 5);
  await expect(focused).toBeInViewport({ ratio: 1 });
  await page.keyboard.press('Home');
  await expect(drive.row(numbered(1))).toBeFocused();
  await expect(drive.row(numbered(1))).toBeInViewport();
  await expectFewRows(page);
});
