// Shares, from the owner's list to the visitor's page. Visitors have no script where nothing else is said: their page must not
// need it.

import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';

import { Api } from './support/api';
import { freshDatabase, query } from './support/database';
import { Drive } from './support/pages/drive';
import { enter, Entrance } from './support/pages/entrance';
import { share } from './support/pages/share';
import { expect, test, visitor } from './support/test';

/** Chromium's word on what is gone, what is in the trash, and a form that is refused. */
const ENDED = /the server responded with a status of 4(04|10|22)/;

const friend = { username: 'wang_fang', email: 'wang@example.org', password: 'four words and 2 digits' };

/** Shares the first file of this name from the list, and answers the link. */
async function shareByForm(page: Page, name: string, code: string | undefined, downloads = ''): Promise<string> {
  await new Drive(page).row(name).hover();
  await page.getByRole('link', { name: `Share “${name}”` }).click();
  await expect(page.getByRole('heading', { name: 'Share', exact: true })).toBeVisible();
  await page.getByLabel(code === undefined ? 'Public, without a code' : 'A code of your own').check();
  if (code !== undefined) await page.getByLabel('Your code').fill(code);
  await page.getByLabel('Download limit').fill(downloads);
  await page.getByRole('button', { name: 'Create link' }).click();
  await expect(page.getByRole('img', { name: 'QR code of the link' })).toBeVisible();
  const text = await page.locator('.copy-text').innerText();
  if (code !== undefined) expect(text).toContain(`Code: ${code}`);
  return text.match(/https?:\/\/\S+/)![0];
}

test('a code lets a friend in, who saves it; cancelling ends it', async ({ page, account, token, server, browser, faults }) => {
  faults.expect(ENDED);
  await new Api(server, token).put('plan <b>.txt', 'the plan');
  await enter(page, account);
  const link = await shareByForm(page, 'plan <b>.txt', 'open sesame'.replace(' ', '-'));

  const guest = await visitor(browser, server, faults);
  await guest.page.goto(link);
  await expect(guest.page.getByText('plan')).toBeHidden();
  await guest.page.getByLabel('Code').fill('something else'.replace(' ', '-'));
  await guest.page.getByRole('button', { name: 'Open' }).click();
  await expect(guest.page.getByText('That is not the code.')).toBeVisible();
  await guest.page.getByLabel('Code').fill('Open-Sesame');
  await guest.page.getByRole('button', { name: 'Open' }).click();
  await expect(guest.page.getByRole('heading', { name: `Shared by ${account.username}` })).toBeVisible();
  const arriving = guest.page.waitForEvent('download');
  await guest.page.getByRole('link', { name: 'Download “plan <b>.txt”' }).click();
  expect((await arriving).suggestedFilename()).toMatch(/^plan .b.\.txt$/);
  await expect(guest.page.getByRole('button', { name: 'Save to my drive' })).toBeHidden();

  await new Entrance(guest.page).register(friend);
  await expect(guest.page.getByText('No files here yet')).toBeVisible();
  await guest.page.goto(link);
  await guest.page.getByRole('checkbox', { name: 'Choose “plan <b>.txt”' }).check();
  await guest.page.getByRole('button', { name: 'Save to my drive' }).click();
  await expect(guest.page.getByText('Saved to your files. Items: 1.')).toBeVisible();
  await guest.page.goto('/');
  await expect(new Drive(guest.page).row('plan <b>.txt')).toBeVisible();

  // The same into a folder that the friend chooses.
  await guest.page.locator('summary', { hasText: 'New folder' }).click();
  await guest.page.getByLabel('Folder name').fill('from others');
  await guest.page.getByRole('button', { name: 'Create' }).click();
  await guest.page.goto(link);
  await guest.page.getByRole('checkbox', { name: 'Choose “plan <b>.txt”' }).check();
  await guest.page.getByRole('button', { name: 'Save to a folder…' }).click();
  await expect(guest.page.getByText('Items chosen: 1.')).toBeVisible();
  await guest.page.getByRole('link', { name: 'from others' }).click();
  await expect(guest.page.getByText('No subfolders here.')).toBeVisible();
  await guest.page.getByRole('button', { name: 'Save here' }).click();
  await expect(guest.page.getByText('Saved to your files. Items: 1.')).toBeVisible();
  await guest.page.goto('/');
  await guest.page.getByRole('link', { name: 'from others', exact: true }).click();
  await expect(new Drive(guest.page).row('plan <b>.txt')).toBeVisible();

  await page.goto('/shares');
  const row = page.locator('.cards > li').filter({ hasText: 'plan <b>.txt' });
  await expect(row).toContainText('Visits: 5');
  await expect(row).toContainText('Downloads: 3');
  await row.getByRole('button', { name: 'Cancel share “plan <b>.txt”' }).click();
  await expect(page.getByText('The share is cancelled; its link no longer works.')).toBeVisible();
  await expect(row).toContainText('Cancelled');
  const answer = await guest.page.goto(link);
  expect(answer?.status()).toBe(410);
  await expect(guest.page.getByRole('heading', { name: 'This share was cancelled' })).toBeVisible();
  await guest.context.close();
});

test('the trash closes a share, restoring opens it, and the last download uses it up', async ({ page, account, token, server, browser, faults }) => {
  faults.expect(ENDED);
  await new Api(server, token).put('once.txt', 'once');
  await enter(page, account);
  const link = await shareByForm(page, 'once.txt', undefined, '1');
  const guest = await visitor(browser, server, faults);
  await guest.page.goto(link);
  await expect(guest.page.getByText('Downloads left: 1')).toBeVisible();

  const drive = new Drive(page);
  await drive.open();
  await drive.trash('once.txt');
  // The row goes before the server has heard of it.
  await expect(page.getByText('“once.txt” moved to trash.')).toBeVisible();
  await expect(drive.row('once.txt')).toBeHidden();
  expect((await guest.page.goto(link))?.status()).toBe(404);
  await expect(guest.page.getByText('It is in the trash or gone.')).toBeVisible();
  await drive.undo();
  await expect(drive.row('once.txt')).toBeVisible();
  expect((await guest.page.goto(link))?.status()).toBe(200);

  // What curl does: no page is asked for.
  const file = await fetch(link, { headers: { accept: '*/*' } });
  expect([file.status, await file.text()]).toEqual([200, 'once']);
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="once.txt"');
  const late = await fetch(link, { headers: { accept: '*/*' } });
  expect([late.status, late.headers.get('content-type')]).toEqual([410, 'application/problem+json']);
  expect((await guest.page.goto(link))?.status()).toBe(410);
  await expect(guest.page.getByText('All downloads are used up')).toBeVisible();

  await page.goto('/shares');
  await page.getByRole('link', { name: 'once.txt' }).click();
  await expect(page.getByText('Used up')).toBeVisible();
  await page.getByLabel('Download limit').fill('x');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Enter a whole number of 1 or more, or nothing.')).toBeVisible();
  await page.getByLabel('Download limit').fill('0');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('The share is changed.')).toBeVisible();
  await expect(page.getByText('Active')).toBeVisible();
  expect((await guest.page.goto(link))?.status()).toBe(200);
  await guest.context.close();
});

test('who was in is asked for a new code, and one address has ten tries at it', async ({ page, account, token, server, browser, faults }) => {
  const { id } = await new Api(server, token).put('plan.txt', 'the plan');
  await enter(page, account);
  const { link, place } = await share(page, [id], { code: 'own', own: 'old-code' });
  const guest = await visitor(browser, server, faults);
  const saved: string[] = [];
  guest.page.on('download', (download) => saved.push(download.suggestedFilename()));
  const open = async (code: string): Promise<void> => {
    await guest.page.getByLabel('Code').fill(code);
    await guest.page.getByRole('button', { name: 'Open' }).click();
  };
  const download = guest.page.getByRole('link', { name: 'Download “plan.txt”' });
  await guest.page.goto(link);
  await open('old-code');
  await expect(download).toBeVisible();

  await page.goto(place);
  await page.getByLabel('A code of your own').check();
  await page.getByLabel('Your code').fill('new-code');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('The share is changed.')).toBeVisible();
  // The page that the guest has open knows nothing of it.
  await download.click();
  await expect(guest.page.getByRole('heading', { name: 'Enter the code' })).toBeVisible();
  await open('old-code');
  await expect(guest.page.getByText('That is not the code.')).toBeVisible();
  await open('new-code');
  await expect(download).toBeVisible();
  expect(saved).toEqual([]);

  await guest.context.clearCookies();
  for (let nth = 0; nth < 10; nth++) expect((await guest.page.request.post(`${link}/open`, { form: { code: 'wrong' } })).status()).toBe(403);
  await guest.page.goto(link);
  await open('new-code');
  await expect(guest.page.getByText(/^Too many attempts. Try again in \d+ s\.$/)).toBeVisible();
  await expect(download).toBeHidden();
  await guest.context.close();
});

test.describe('with little room, and a database that is written to', () => {
  test.use({
    environment: async ({}, use) => {
      const database = await freshDatabase();
      await use({ HAYLOFT_DATABASE_URL: database.url, HAYLOFT_DEFAULT_QUOTA: '1MB' });
      await database.drop();
    },
  });

  test('what has no room is not saved, and a share whose time is over says so', async ({ page, account, token, server, environment, browser, faults }) => {
    faults.expect(ENDED);
    const { id } = await new Api(server, token).put('plan.bin', Buffer.alloc(600_000));
    await enter(page, account);
    const { link, place } = await share(page, [id], { days: '1' });
    const guest = await visitor(browser, server, faults);
    await new Entrance(guest.page).register(friend);
    await expect(guest.page.getByText('No files here yet')).toBeVisible();
    for (const said of ['Saved to your files. Items: 1.', 'Not enough space: 400 kB left. Delete something and try again.']) {
      await guest.page.goto(link);
      await guest.page.getByRole('button', { name: 'Save to my drive' }).click();
      await expect(guest.page.getByText(said)).toBeVisible();
    }
    const theirs = new Api(server, await server.command(['token', 'create', '--user', friend.username]));
    expect((await theirs.root()).map(({ name }) => name)).toEqual(['plan.bin']);

    await query(environment['HAYLOFT_DATABASE_URL']!, 'UPDATE shares SET expires_at = 1');
    expect((await guest.page.goto(link))?.status()).toBe(410);
    await expect(guest.page.getByRole('heading', { name: 'This share has expired' })).toBeVisible();
    await page.goto(place);
    await expect(page.getByText('Expired', { exact: true })).toBeVisible();
    await page.getByLabel('Expires').selectOption('After 30 days');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await expect(page.getByText('Active', { exact: true })).toBeVisible();
    expect((await guest.page.goto(link))?.status()).toBe(200);
    await guest.context.close();
  });
});

test('the button beside the link copies it with its code', async ({ page, context, account, token, server, javaScriptEnabled }) => {
  await new Api(server, token).put('plan.txt', 'the plan');
  await enter(page, account);
  const link = await shareByForm(page, 'plan.txt', 'open-sesame');
  const copy = page.locator('[data-copied]');
  if (!javaScriptEnabled) {
    await expect(copy, 'it would do nothing').toBeHidden();
    return;
  }
  await context.grantPermissions(['clipboard-read'], { origin: server.url });
  await expect(copy).toHaveText('Copy');
  await copy.click();
  await expect(copy).toHaveText('Copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`Link: ${link} Code: open-sesame`);
});

test('who has to sign in first to save comes back to saving', async ({ page, account, token, server, browser, faults, javaScriptEnabled }) => {
  await new Api(server, token).put('plan.txt', 'the plan');
  await enter(page, account);
  const link = await shareByForm(page, 'plan.txt', 'open-sesame');

  const guest = await visitor(browser, server, faults, javaScriptEnabled);
  const entrance = new Entrance(guest.page);
  await entrance.register(friend);
  await expect(guest.page.getByText('No files here yet')).toBeVisible();
  // The drive asks for unfinished uploads; who is forgotten in the middle of it would be refused.
  await guest.page.waitForLoadState('networkidle');
  await guest.context.clearCookies();

  await guest.page.goto(link);
  await guest.page.getByLabel('Code').fill('open-sesame');
  await guest.page.getByRole('button', { name: 'Open' }).click();
  await guest.page.getByRole('link', { name: 'Sign in' }).click();
  await expect(guest.page).toHaveURL(`${server.url}/login`);
  await guest.page.getByLabel('User name or email').fill(friend.username);
  await guest.page.getByLabel('Password', { exact: true }).fill(friend.password);
  await guest.page.getByRole('button', { name: 'Sign in' }).click();
  await expect(guest.page).toHaveURL(`${link}/save`);
  expect((await guest.context.cookies()).map(({ name }) => name), 'it leads there once').not.toContain('hayloft_next');
  await guest.page.getByRole('button', { name: 'Save here' }).click();
  await expect(guest.page.getByText('Saved to your files. Items: 1.')).toBeVisible();
  await guest.page.goto('/');
  await expect(new Drive(guest.page).row('plan.txt')).toBeVisible();
  await guest.context.close();
});

test('curl and wget bring one file under its name', async ({ page, account, token, server }) => {
  const api = new Api(server, token);
  await enter(page, account);
  for (const [name, plain] of [['the plan.txt', 'the plan.txt'], ['计划 1.txt', '__ 1.txt']] as const) {
    const { id } = await api.put(name, `this is ${name}`);
    const { link } = await share(page, [id]);
    const saves = async (program: string, ...words: string[]): Promise<[name: string, content: string]> => {
      const folder = test.info().outputPath(`${program} ${id}`);
      await mkdir(folder, { recursive: true });
      // Not at once: the link to the server is part of this process.
      await promisify(execFile)(program, [...words, link], { cwd: folder, env: { ...process.env, LC_ALL: 'C.UTF-8' } });
      const [saved, ...others] = await readdir(folder);
      expect(others).toEqual([]);
      return [saved!, await readFile(join(folder, saved!), 'utf8')];
    };
    // The certificate of several instances is nobody's; curl does not read the name that is not ASCII.
    expect(await saves('curl', '-fsSkOJ')).toEqual([plain, `this is ${name}`]);
    expect(await saves('wget', '-q', '--no-check-certificate', '--content-disposition')).toEqual([name, `this is ${name}`]);
  }
});
