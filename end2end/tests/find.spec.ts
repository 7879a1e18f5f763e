// Search, categories, the newest and the largest: with and without JavaScript, in both languages.

import type { Locator, Page } from '@playwright/test';

import { Api } from './support/api';
import { violations } from './support/axe';
import { PNG } from './support/files';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { expect, test } from './support/test';

/** What is listed, from top to bottom. */
async function listed(page: Page, ...names: string[]): Promise<void> {
  await expect(page.locator('.found .found-text .strong')).toHaveText(names);
}

test('parts of names are found, and what is found can be acted on', async ({ page, account, server, token, javaScriptEnabled }) => {
  const api = new Api(server, token);
  await api.put('毕业设计.docx', 'a');
  await api.put('Report 2023.PDF', 'bb');
  await api.put('holiday.jpg', 'ccc');
  await enter(page, account);
  await awake(page);
  if (javaScriptEnabled) await page.evaluate(() => document.body.setAttribute('data-same-document', ''));

  const field = page.getByRole('searchbox', { name: 'Search files and folders by name' });
  await field.fill('业');
  // With script the list follows what is typed; without, Enter asks for it.
  if (!javaScriptEnabled) await field.press('Enter');
  await expect(page.getByRole('heading', { name: 'Results for “业”' })).toBeVisible();
  await listed(page, '毕业设计.docx');
  await expect(field).toHaveValue('业');
  if (javaScriptEnabled) {
    await expect(field).toBeFocused();
    await expect(page.locator('body')).toHaveAttribute('data-same-document');
    expect(await violations(page)).toEqual([]);
  }
  await field.fill('2023 ｒｅｐ');
  await field.press('Enter');
  await expect(page.getByRole('heading', { name: 'Results for “2023 ｒｅｐ”' })).toBeVisible();
  await listed(page, 'Report 2023.PDF');
  await expect(page.getByRole('link', { name: 'My files' }).last()).toHaveAttribute('href', '/');

  await awake(page);
  await page.getByRole('link', { name: 'Rename “Report 2023.PDF”', exact: true }).click();
  await page.getByLabel('New name').fill('Rep 2023.md');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByText('Renamed to “Rep 2023.md”.')).toBeVisible();
  await listed(page, 'Rep 2023.md');

  await awake(page);
  await page.getByRole('button', { name: 'Move “Rep 2023.md” to trash' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing has “2023 ｒｅｐ” in its name' })).toBeVisible();
  await new Drive(page).undo();
  await listed(page, 'Rep 2023.md');
  await awake(page);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download “Rep 2023.md”' }).click();
  expect((await download).suggestedFilename()).toBe('Rep 2023.md');
  await page.getByRole('link', { name: 'Rep 2023.md', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Rep 2023.md' })).toBeVisible();
  await expect(page).toHaveURL(/\/view\/\w+$/);
});

test('pictures that are found are shown small', async ({ page, account, server, token }) => {
  const api = new Api(server, token);
  const { id } = await api.put('a.png', PNG);
  await api.put('b.txt', 'b');
  await expect.poll(async () => (await api.node(id)).thumbnail, { timeout: 30_000 }).toBe(true);
  await enter(page, account);
  await page.goto('/recent');
  await listed(page, 'b.txt', 'a.png');
  const pictures = page.locator('.found .kind img');
  await expect(pictures).toHaveCount(1);
  await expect(pictures).toHaveJSProperty('naturalWidth', 1);
});

test('the rail leads to categories, the newest and the largest', async ({ page, account, server, token, javaScriptEnabled }) => {
  const api = new Api(server, token);
  await api.put('a.jpg', 'aaaa');
  await api.put('b.png', 'bb');
  await api.put('c.md', 'ccc');
  await api.put('d.mp3', 'ddddd');
  await api.put('e.bin', 'eeeeee');
  await enter(page, account);
  const rail = page.getByRole('navigation', { name: 'Navigation' });
  const go = async (name: string): Promise<void> => {
    await awake(page);
    await rail.getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
    await expect(rail.locator('[aria-current]')).toHaveText([name]);
  };
  await go('Recent');
  await listed(page, 'e.bin', 'd.mp3', 'c.md', 'b.png', 'a.jpg');
  await go('Largest files');
  await listed(page, 'e.bin', 'd.mp3', 'a.jpg', 'c.md', 'b.png');
  await go('Images');
  await listed(page, 'b.png', 'a.jpg');
  await page.getByRole('link', { name: 'Largest first' }).click();
  await listed(page, 'a.jpg', 'b.png');
  if (javaScriptEnabled) expect(await violations(page)).toEqual([]);
  for (const [category, name] of [['Documents', 'c.md'], ['Audio', 'd.mp3'], ['Other files', 'e.bin']] as const) {
    await go(category);
    await listed(page, name);
  }
  await go('Videos');
  await expect(page.getByRole('heading', { name: 'No files of this kind yet' })).toBeVisible();
  await awake(page);
  await page.getByRole('link', { name: 'My files', exact: true }).click();
  await expect(new Drive(page).row('c.md')).toBeVisible();
});

test('what does not fit on a page comes on the next ones, and nothing twice', async ({ page, account, server, token }) => {
  const api = new Api(server, token);
  const names = Array.from({ length: 101 }, (_, n) => `folder ${String(n).padStart(3, '0')}`);
  const folders = await Promise.all(names.map((name) => api.folder(name)));
  await enter(page, account);
  /** All that the pages of the list have, which have so many rows. */
  const all = async (rows: Locator, counts: number[]): Promise<string[]> => {
    const found: string[] = [];
    const next = page.getByRole('link', { name: 'Next page' });
    for (const [nth, count] of counts.entries()) {
      await expect(rows).toHaveCount(count);
      if (nth > 0) await expect(rows.first()).not.toHaveText(found.at(-counts[nth - 1]!)!);
      found.push(...(await rows.allInnerTexts()));
      if (nth < counts.length - 1) await next.click();
    }
    await expect(next).toBeHidden();
    return found.sort();
  };
  await page.goto('/search?q=older');
  expect(await all(page.locator('.found .found-text .strong'), [50, 50, 1])).toEqual(names);
  await Promise.all(folders.map(({ id }) => api.trash(id)));
  await page.goto('/trash');
  expect(await all(page.locator('td.strong'), [100, 1])).toEqual(names);
});

test.describe('in Chinese, on a phone', () => {
  test.use({ locale: 'zh-CN', viewport: { width: 360, height: 740 } });

  test('everything is found and nothing is cut off', async ({ page, account, server, token }) => {
    await new Api(server, token).put('毕业照.jpg', 'a');
    await page.goto('/login');
    await page.getByLabel('用户名或邮箱').fill(account.username);
    await page.locator('input[type=password]').fill(account.password);
    await page.getByRole('button', { name: '登录' }).click();
    await awake(page);
    const field = page.getByRole('searchbox', { name: '按名称搜索文件和文件夹' });
    await field.fill('照');
    await field.press('Enter');
    await expect(page.getByRole('heading', { name: '“照”的搜索结果' })).toBeVisible();
    await listed(page, '毕业照.jpg');
    await awake(page);
    await page.getByRole('link', { name: '图片', exact: true }).click();
    await expect(page.getByRole('heading', { name: '图片' })).toBeVisible();
    await listed(page, '毕业照.jpg');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
});

test('the slash key goes to the field', { tag: '@script' }, async ({ page, account }) => {
  await enter(page, account);
  await awake(page);
  await page.keyboard.press('/');
  const field = page.getByRole('searchbox');
  await expect(field).toBeFocused();
  await page.keyboard.type('a/b');
  await expect(field).toHaveValue('a/b');
  await expect(page.getByRole('heading', { name: 'Nothing has “a/b” in its name' })).toBeVisible();
});
