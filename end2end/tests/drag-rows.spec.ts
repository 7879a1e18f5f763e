// Rows are dragged onto folders: those of the list, and those on the way to it.

import { Api } from './support/api';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { expect, test } from './support/test';

test('rows move into a folder of the list, back onto the way, and never into themselves', async ({ page, account, server, token }) => {
  const api = new Api(server, token);
  const papers = await api.folder('papers');
  for (const name of ['a.txt', 'b.txt', 'c.txt']) await api.put(name, name);
  await enter(page, account);
  const drive = new Drive(page);

  await drive.row('a.txt').locator('.cell-size').click();
  await drive.row('b.txt').locator('.cell-size').click({ modifiers: ['ControlOrMeta'] });
  await drive.row('b.txt').locator('.cell-size').dragTo(drive.row('papers').locator('.cell-name'));
  await expect(page.getByText('Items moved: 2.')).toBeVisible();
  await expect(drive.row('a.txt')).toBeHidden();
  expect(await api.tree()).toEqual(['c.txt', 'papers/', 'papers/a.txt', 'papers/b.txt']);
  await expect(page.locator('.into')).toHaveCount(0);

  // One that is not selected goes alone.
  await drive.row('c.txt').locator('.cell-name a').dragTo(drive.row('papers').locator('.cell-name'));
  await expect(page.getByText('Items moved: 1.')).toBeVisible();
  expect(await api.tree()).toContain('papers/c.txt');

  await drive.row('papers').getByRole('link', { name: 'papers', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'papers' })).toBeVisible();
  await drive.row('c.txt').locator('.cell-size').dragTo(page.locator('.crumbs a', { hasText: 'My files' }));
  await expect(page.getByText('Items moved: 1.')).toBeVisible();
  await expect(drive.row('c.txt')).toBeHidden();
  expect(await api.tree()).toEqual(['c.txt', 'papers/', 'papers/a.txt', 'papers/b.txt']);

  // A name that is taken there is asked about; what is free moves meanwhile.
  await api.put('a.txt', 'another');
  await drive.row('a.txt').locator('.cell-size').click();
  await drive.row('b.txt').locator('.cell-size').click({ modifiers: ['ControlOrMeta'] });
  await drive.row('a.txt').locator('.cell-size').dragTo(page.locator('.crumbs a', { hasText: 'My files' }));
  await expect(page.locator('.sheet .names')).toHaveText('a.txt');
  expect(await api.tree()).toEqual(['a.txt', 'b.txt', 'c.txt', 'papers/', 'papers/a.txt']);
  await page.getByRole('radio', { name: 'Replace' }).check();
  await page.getByRole('button', { name: 'Move here' }).click();
  // The same words were said of the other one.
  await expect.poll(() => api.tree()).toEqual(['a.txt', 'b.txt', 'c.txt', 'papers/']);

  await page.goto('/');
  const other = await api.folder('other');
  await page.reload();
  await drive.row('papers').locator('.cell-size').click();
  await drive.row('other').locator('.cell-size').click({ modifiers: ['ControlOrMeta'] });
  await drive.row('papers').locator('.cell-size').dragTo(drive.row('other').locator('.cell-name'));
  await expect(page.getByText('A folder cannot be moved into itself.')).toBeVisible();
  expect((await api.node(papers.id)).parent).toBe((await api.node(other.id)).parent);
});
