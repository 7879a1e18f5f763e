// The whole way, as people who are new go it: an account, a folder, a link with a code, a visitor without script, a copy in
// another drive, the trash, and an account that is locked.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { enter, Entrance } from './support/pages/entrance';
import { Tray } from './support/pages/tray';
import { expect, test, visitor } from './support/test';

const owner = { username: 'zhang_san', email: 'zhang@example.org', password: 'four words and 1 digit' };
const friend = { username: 'wang_fang', email: 'wang@example.org', password: 'four words and 2 digits' };

/** Chromium's word on a page of a share that is closed, and on a sign-in that is refused. */
const REFUSED = /the server responded with a status of 4(01|03|04|22)/;

async function makeFolder(page: Page, name: string): Promise<void> {
  await awake(page);
  await page.locator('summary', { hasText: 'New folder' }).click();
  await page.getByLabel('Folder name').fill(name);
  await page.getByRole('button', { name: 'Create' }).click();
  await openFolder(page, name);
}

async function openFolder(page: Page, name: string): Promise<void> {
  await awake(page);
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
}

/** With script by the tray, without by the form. */
async function upload(page: Page, name: string, text: string): Promise<void> {
  const file = { name, mimeType: 'text/plain', buffer: Buffer.from(text) };
  if (test.info().project.use.javaScriptEnabled === false) {
    await page.locator('summary', { hasText: 'Upload' }).click();
    await page.getByLabel('Choose files to upload').setInputFiles(file);
    await page.getByRole('button', { name: 'Start upload' }).click();
  } else {
    await new Tray(page).pick(file);
  }
  await expect(new Drive(page).row(name)).toBeVisible();
}

test('register, fill a folder, share it, open the link elsewhere, save it, delete, restore, lock', async ({ page, account, server, browser, faults, javaScriptEnabled }, testInfo) => {
  faults.expect(REFUSED);
  await new Entrance(page).register(owner);
  await expect(page.getByText('No files here yet')).toBeVisible();
  await makeFolder(page, '黄山');
  await upload(page, 'plan.md', '# The plan\n\nUp **early**.');
  await makeFolder(page, 'day 2');
  await upload(page, '日出.txt', '云海\n');

  const drive = new Drive(page);
  await drive.open();
  await drive.row('黄山').hover();
  await page.getByRole('link', { name: 'Share “黄山”' }).click();
  await page.getByLabel('A random code').check();
  await page.getByRole('button', { name: 'Create link' }).click();
  await expect(page.getByRole('img', { name: 'QR code of the link' })).toBeVisible();
  const told = await page.locator('.copy-text').innerText();
  const [link, code] = [told.match(/https?:\/\/\S+/)![0], told.match(/Code: (\S+)/)![1]!];
  expect(code).toMatch(/^\w{4}$/);

  const guest = await visitor(browser, server, faults);
  const open = async (on: Page): Promise<void> => {
    await on.goto(link);
    await on.getByLabel('Code').fill(code);
    await on.getByRole('button', { name: 'Open' }).click();
    await expect(on.getByRole('heading', { name: `Shared by ${owner.username}` })).toBeVisible();
  };
  const save = async (name: string): Promise<string> => {
    const arriving = guest.page.waitForEvent('download');
    await guest.page.getByRole('link', { name }).click();
    const path = testInfo.outputPath((await arriving).suggestedFilename());
    await (await arriving).saveAs(path);
    return path;
  };
  await open(guest.page);
  await guest.page.getByRole('link', { name: '黄山' }).click();
  await guest.page.getByRole('link', { name: 'plan.md', exact: true }).click();
  await expect(guest.page.locator('.view-prose h2')).toHaveText('The plan');
  await guest.page.getByRole('link', { name: 'Back to the list' }).click();
  await guest.page.getByRole('link', { name: 'day 2' }).click();
  const steps = guest.page.locator('.crumbs li');
  await expect(steps).toHaveText(['Everything shared', '黄山', 'day 2']);
  await guest.page.getByRole('link', { name: '日出.txt', exact: true }).click();
  await expect(guest.page.locator('.view-text')).toHaveText('云海\n');
  await steps.getByRole('link', { name: 'day 2' }).click();
  const file = await save('Download “日出.txt”');
  expect([file.split('/').at(-1), readFileSync(file, 'utf8')]).toEqual(['日出.txt', '云海\n']);
  await steps.getByRole('link', { name: 'Everything shared' }).click();
  const zip = await save('Download as zip');
  const unzip = (...words: string[]) => execFileSync('unzip', words, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  expect(unzip('-Z1', zip).trim().split('\n').sort()).toEqual(['黄山/', '黄山/day 2/', '黄山/day 2/日出.txt', '黄山/plan.md']);
  expect(unzip('-p', zip, '*plan.md')).toBe('# The plan\n\nUp **early**.');

  const second = await visitor(browser, server, faults, javaScriptEnabled);
  const theirs = new Drive(second.page);
  await new Entrance(second.page).register(friend);
  await expect(second.page.getByText('No files here yet')).toBeVisible();
  await open(second.page);
  await second.page.getByRole('button', { name: 'Save to my drive' }).click();
  await expect(second.page.getByText('Saved to your files. Items: 4.'), 'two folders and two files').toBeVisible();
  await theirs.open();

  await drive.open();
  await drive.trash('黄山');
  await expect(page.getByText('“黄山” moved to trash.')).toBeVisible();
  expect((await guest.page.goto(link))?.status()).toBe(404);
  await openFolder(second.page, '黄山');
  expect(await theirs.downloadText('plan.md'), 'a copy is a copy').toBe('# The plan\n\nUp **early**.');
  await awake(page);
  await page.getByRole('link', { name: 'Trash', exact: true }).click();
  await page.getByRole('checkbox', { name: 'Choose “黄山”' }).check();
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'The trash is empty' })).toBeVisible();
  expect((await guest.page.goto(link))?.status()).toBe(200);
  await drive.open();
  await openFolder(page, '黄山');
  await openFolder(page, 'day 2');
  await expect(drive.row('日出.txt')).toBeVisible();

  const administrator = await visitor(browser, server, faults, javaScriptEnabled);
  await enter(administrator.page, account);
  await administrator.page.goto('/admin/users');
  await awake(administrator.page);
  await administrator.page.getByRole('link', { name: friend.username }).click();
  await administrator.page.getByRole('textbox', { name: 'Reason' }).fill('left the company');
  await administrator.page.getByRole('button', { name: 'Lock account' }).click();
  await expect(administrator.page.getByText('left the company')).toBeVisible();
  await second.page.goto('/');
  await expect(second.page).toHaveURL(/\/login$/);
  await new Entrance(second.page).signIn(friend.username, friend.password);
  await expect(second.page.getByText('This account is locked. Ask your administrator.')).toBeVisible();
  for (const { context } of [guest, second, administrator]) await context.close();
});
