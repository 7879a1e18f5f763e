// For people who see, point or read differently: rules checked by axe, and the whole path by keyboard.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { Api } from './support/api';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { Tray } from './support/pages/tray';
import { expect, test } from './support/test';

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' ')}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme });

    test('axe finds nothing', async ({ page, server, token, account }) => {
      for (const path of ['/login', '/register']) {
        await page.goto(path);
        expect.soft(await violations(page), path).toEqual([]);
      }
      await enter(page, account);
      expect.soft(await violations(page), 'the empty drive').toEqual([]);
      const api = new Api(server, token);
      for (const name of ['a.txt', 'b.jpg', 'c.mp4']) await api.put(name, name);
      await new Drive(page).open();
      expect.soft(await violations(page), 'the drive with files').toEqual([]);
      await page.setViewportSize({ width: 360, height: 740 });
      expect.soft(await violations(page), 'on a phone').toEqual([]);
      await page.setViewportSize({ width: 1280, height: 800 });
      await new Tray(page).pick({ name: 'd.txt', mimeType: 'text/plain', buffer: Buffer.from('d') });
      await expect(new Drive(page).row('d.txt')).toBeVisible();
      expect.soft(await violations(page), 'the drive with the tray').toEqual([]);
      await new Drive(page).openAccountMenu();
      expect.soft(await violations(page), 'the account menu').toEqual([]);
    });
  });
}

for (const width of [360, 3840]) {
  test(`nothing sticks out at ${width} px`, async ({ page, server, token, account }) => {
    const api = new Api(server, token);
    await api.put(`${'a very long name that has to be cut somewhere '.repeat(4)}.txt`, 'x');
    await page.setViewportSize({ width, height: width === 360 ? 740 : 2160 });
    for (const path of ['/login', '/register']) {
      await page.goto(path);
      await expectNoSidewaysScroll(page, path);
    }
    await enter(page, account);
    await expectNoSidewaysScroll(page, 'the drive');
  });
}

async function expectNoSidewaysScroll(page: Page, what: string): Promise<void> {
  const overhang = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overhang, `${what} is wider than the window`).toBeLessThanOrEqual(0);
}

test('sign in, move, delete and undo by keyboard alone', async ({ page, server, token, account }) => {
  const api = new Api(server, token);
  for (const name of ['a.txt', 'b.txt', 'c.txt']) await api.put(name, name);
  await page.goto('/login');
  await awake(page);
  await page.getByLabel('User name or email').focus();
  await page.keyboard.type(account.username);
  await page.keyboard.press('Tab');
  await page.keyboard.type(account.password);
  await page.keyboard.press('Enter');
  const drive = new Drive(page);
  await expect(drive.row('a.txt')).toBeVisible();
  await awake(page);

  // The first stop of a page leads past its navigation.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');

  await drive.row('a.txt').focus();
  await page.keyboard.press('ArrowDown');
  await expect(drive.row('b.txt')).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(page.getByText('“b.txt” moved to trash.')).toBeVisible();
  await expect(drive.row('b.txt')).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).focus();
  await page.keyboard.press('Enter');
  await expect(drive.row('b.txt')).toBeVisible();

  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeHidden();
});
