// Administration: found by administrators, and by nobody else.

import { enter, Entrance } from './support/pages/entrance';
import { expect, test } from './support/test';

const admin = { username: 'admin_one', email: 'admin@example.org', password: 'four words and 1 digit' };
const user = { username: 'wang_fang', email: 'wang@example.org', password: 'four words and 2 digits' };

// The account of a test is made on the command line, so it is an administrator's.
test('an administrator finds an account, limits it, locks it and reads so in the log', async ({ page, server, account, browser, faults }) => {
  faults.expect(/the server responded with a status of 4\d\d/);
  const elsewhere = await browser.newContext({ baseURL: server.url, locale: 'en-US' });
  faults.watch(elsewhere);
  const other = await elsewhere.newPage();
  await new Entrance(other).register(user);
  await expect(other.getByRole('heading', { name: 'My files' })).toBeVisible();
  await enter(page, account);
  await page.goto('/admin');
  await expect(page.getByRole('heading', { name: 'Administration' })).toBeVisible();
  await expect(page.getByText('2 (0 locked)')).toBeVisible();

  await page.getByRole('link', { name: 'Users' }).click();
  await page.getByRole('searchbox').fill('WANG@');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('link', { name: account.username })).toBeHidden();
  await page.getByRole('link', { name: user.username }).click();
  await expect(page.getByRole('heading', { name: user.username })).toBeVisible();

  const saved = page.getByText(`Changes to the account “${user.username}” are saved.`);
  await page.getByRole('textbox', { name: 'Quota' }).fill('lots');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The quota is not valid.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Quota' }).fill('20GiB');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(saved).toBeVisible();
  await expect(page.getByText('21.5 GB')).toBeVisible();

  await page.getByRole('textbox', { name: 'Reason' }).fill('left the company');
  await page.getByRole('button', { name: 'Lock account' }).click();
  await expect(page.getByText('left the company')).toBeVisible();
  await other.goto('/');
  await expect(other).toHaveURL(/\/login$/);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByText('left the company')).toBeHidden();

  await page.getByRole('link', { name: 'Audit log' }).click();
  await page.getByLabel('Kind').selectOption('Accounts');
  await page.getByRole('button', { name: 'Filter' }).click();
  const newest = page.getByRole('row').nth(1);
  await expect(newest).toContainText('account.unlock');
  await expect(newest).toContainText(user.username);
  await expect(newest).toContainText(account.username);
  await elsewhere.close();
});

test('an administrator makes an account', async ({ page, server, browser, faults }) => {
  faults.expect(/the server responded with a status of 4\d\d/);
  await expect.poll(() => server.setupLink).toBeDefined();
  await page.goto(server.setupLink!);
  const entrance = new Entrance(page);
  await entrance.fill(admin);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await expect(page.getByRole('heading', { name: 'My files' })).toBeVisible();
  const newcomer = { username: 'zhang_san', email: 'z@example.org', password: 'four words and 2 digits' };
  await page.goto('/admin/users/new');
  await entrance.fill({ ...newcomer, username: 'x' });
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByText('The user name is too short')).toBeVisible();
  await expect(page.getByLabel('Email')).toHaveValue(newcomer.email);
  await entrance.fill(newcomer);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByRole('heading', { name: newcomer.username })).toBeVisible();

  const elsewhere = await browser.newContext({ baseURL: server.url, locale: 'en-US' });
  faults.watch(elsewhere);
  const other = await elsewhere.newPage();
  await enter(other, newcomer);
  for (const path of ['/admin', '/admin/users', '/admin/users/new', '/admin/log']) {
    expect((await other.goto(path))?.status(), path).toBe(404);
  }
  await elsewhere.close();
});
