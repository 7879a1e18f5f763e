// The trash, another folder, another name: with and without JavaScript.

import AxeBuilder from '@axe-core/playwright';

import { Api } from './support/api';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { expect, test } from './support/test';

test('what was deleted is listed, restored, and deleted permanently after a question', async ({ page, account, server, token, javaScriptEnabled }) => {
  const api = new Api(server, token);
  for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt']) await api.put(name, name);
  await enter(page, account);
  const drive = new Drive(page);
  for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt']) {
    await drive.trash(name);
    await expect(drive.row(name)).toBeHidden();
  }
  // The rows go before the server has heard of it.
  await expect.poll(async () => (await api.root()).length).toBe(0);
  await page.getByRole('link', { name: 'Trash', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Trash', exact: true })).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(5);
  await expect(page.getByRole('row').nth(1)).toContainText('d.txt');
  await expect(page.getByRole('row').nth(1)).toContainText('My files');
  if (javaScriptEnabled) {
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }

  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByText('Choose files or folders first.')).toBeVisible();
  await awake(page);
  await page.getByRole('checkbox', { name: 'Choose “a.txt”' }).check();
  await page.getByRole('checkbox', { name: 'Choose “b.txt”' }).check();
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByText('Items restored: 2.')).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(3);

  await awake(page);
  await page.getByRole('checkbox', { name: 'Choose “c.txt”' }).check();
  await page.getByRole('button', { name: 'Delete permanently…' }).click();
  await expect(page.getByText('This cannot be undone.').first()).toBeVisible();
  await page.getByRole('button', { name: 'Delete permanently', exact: true }).click();
  await expect(page.getByText('Items permanently deleted: 1.')).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(2);
  await awake(page);
  await page.getByRole('button', { name: 'Empty trash…' }).click();
  await page.getByRole('button', { name: 'Empty trash', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'The trash is empty' })).toBeVisible();

  await page.getByRole('link', { name: 'My files' }).click();
  await expect(drive.row('a.txt')).toBeVisible();
  await expect(drive.row('c.txt')).toBeHidden();
});

test('a file goes to another folder and gets another name', async ({ page, account, server, token }) => {
  await new Api(server, token).put('a.txt', 'a');
  await enter(page, account);
  const drive = new Drive(page);
  await awake(page);
  await page.locator('summary', { hasText: 'New folder' }).click();
  await page.getByLabel('Folder name').fill('papers');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(drive.row('papers')).toBeVisible();

  await awake(page);
  await drive.moveOrCopy('a.txt');
  await expect(page.locator('.sheet .names')).toHaveText('a.txt');
  await page.getByRole('link', { name: 'papers' }).click();
  await expect(page.getByText('No subfolders here.')).toBeVisible();
  await page.getByRole('button', { name: 'Copy here' }).click();
  await expect(page.getByText('Items copied: 1.')).toBeVisible();
  await expect(drive.row('a.txt')).toBeVisible();

  await awake(page);
  await drive.moveOrCopy('a.txt');
  await expect(page.locator('.sheet .names')).toHaveText('a.txt');
  await page.getByRole('link', { name: 'papers' }).click();
  await expect(page.getByText('No subfolders here.')).toBeVisible();
  await page.getByRole('button', { name: 'Move here' }).click();
  await expect(page.getByText('Items moved: 1.')).toBeVisible();
  await expect(drive.row('a.txt')).toBeHidden();

  await awake(page);
  await drive.row('papers').getByRole('link', { name: 'papers', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'papers' })).toBeVisible();
  await expect(drive.row('a (1).txt')).toBeVisible();
  await awake(page);
  await drive.moveOrCopy('a.txt');
  await expect(page.getByRole('main').getByText('a.txt', { exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Rename' }).click();
  await page.getByLabel('New name').fill('b.txt');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByText('Renamed to “b.txt”.')).toBeVisible();
  await expect(drive.row('b.txt')).toBeVisible();
});
