// Administration: found by administrators, and by nobody else.

import type { Page } from '@playwright/test';

import { Api } from './support/api';
import { awake } from './support/pages/awake';
import { enter, Entrance } from './support/pages/entrance';
import { expect, test } from './support/test';

const admin = { username: 'admin_one', email: 'admin@example.org', password: 'four words and 1 digit' };
const user = { username: 'wang_fang', email: 'wang@example.org', password: 'four words and 2 digits' };

// The account of a test is made on the command line, so it is an administrator's.
test('an administrator finds an account, limits it, locks it and reads so in the log', async ({ page, server, options, account, browser, faults }) => {
  faults.expect(/the server responded with a status of 4\d\d/);
  const elsewhere = await browser.newContext({ baseURL: server.url, locale: 'en-US' });
  faults.watch(elsewhere);
  const other = await elsewhere.newPage();
  await new Entrance(other).register(user);
  await expect(other.getByRole('heading', { name: 'My files' })).toBeVisible();
  await enter(page, account);
  await page.goto('/admin');
  await expect(page.getByRole('heading', { name: 'Administration' })).toBeVisible();
  await expect(page.getByText('2 (0 locked, 0 being deleted)')).toBeVisible();
  // Machines are told of where the store has some.
  const nodes = page.locator('.facts > div').filter({ hasText: 'DataNodes' }).locator('dd');
  await expect(nodes).toHaveText(options.backend === 'cluster' ? [/^[1-9]\d* live, \d+ dead$/] : []);

  await server.command(['admin', 'create', '--username', 'bo_chen', '--email', 'bo@example.org', '--password-stdin'], user.password);
  await new Api(server, await server.command(['token', 'create', '--user', account.username])).put('a.txt', 'a');
  await page.getByRole('link', { name: 'Users' }).click();
  for (const [order, names] of [
    ['Newest first', ['bo_chen', user.username, account.username]],
    ['Space used', [account.username, /./, /./]],
    ['User name', ['bo_chen', account.username, user.username]],
  ] as const) {
    await page.getByLabel('Sort by').selectOption(order);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.locator('td .strong'), order).toHaveText([...names]);
  }
  await page.getByRole('searchbox', { name: 'Search', exact: true }).fill('WANG@');
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

  await page.getByRole('button', { name: 'Make administrator' }).click();
  await expect(saved).toBeVisible();
  expect((await other.goto('/admin'))?.status()).toBe(200);
  await page.getByRole('button', { name: 'Remove admin rights' }).click();
  await expect(page.getByRole('button', { name: 'Make administrator' })).toBeVisible();
  expect((await other.goto('/admin'))?.status()).toBe(404);

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
  await expect(newest).toContainText('Account unlocked');
  await expect(newest).toContainText(user.username);
  await expect(newest).toContainText(account.username);
  const made = page.getByRole('row').filter({ hasText: 'Account created' });
  await expect(made).toHaveCount(3);
  await page.getByLabel('User name').fill('WANG_fang');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(made).toHaveText([/wang_fang/]);
  await expect(newest).toContainText('Account unlocked');
  await page.getByLabel('User name').fill('nobody_here');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByText('No entry matches.')).toBeVisible();
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
  // Who made the account knows its password.
  await new Entrance(other).signIn(newcomer.username, newcomer.password);
  await expect(other.getByRole('heading', { name: 'Choose a new password' })).toBeVisible();
  await other.getByLabel('Current password').fill(newcomer.password);
  await other.getByLabel('New password', { exact: true }).fill('another horse 42 staple');
  await other.getByLabel('Confirm new password').fill('another horse 42 staple');
  await other.getByRole('button', { name: 'Change password' }).click();
  await expect(other.getByRole('heading', { name: 'My files' })).toBeVisible();
  for (const path of ['/admin', '/admin/users', '/admin/users/new', '/admin/log', '/admin/settings', '/admin/invitations']) {
    expect((await other.goto(path))?.status(), path).toBe(404);
  }
  await elsewhere.close();
});

/** Until a setting that was saved holds on every instance: each looks for changes every two seconds. */
async function everywhere(page: Page): Promise<void> {
  if (test.info().project.name === 'instances') await page.waitForTimeout(3000);
}

test('a setting acts without a restart, says what is wrong with it, and goes back', async ({ page, server, account, faults }) => {
  faults.expect(/the server responded with a status of 4\d\d/);
  await enter(page, account);
  await page.goto('/admin');
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  const size = page.getByRole('region', { name: 'Largest file' });
  await size.getByRole('textbox').fill('huge');
  await size.getByRole('button', { name: 'Save' }).click();
  await expect(size.getByText('The file size is not valid.')).toBeVisible();
  await expect(size.getByRole('textbox')).toHaveValue('huge');
  await size.getByRole('textbox').fill('5MB');
  await size.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved: Largest file.')).toBeVisible();
  await expect(size.getByText(`Set by ${account.username},`)).toBeVisible();
  const largest = async () => (await page.request.fetch('/api/uploads', { method: 'OPTIONS' })).headers()['tus-max-size'];
  await everywhere(page);
  for (let each = 0; each < 4; each++) expect(await largest()).toBe('5000000');
  await size.getByRole('button', { name: 'Use the default' }).click();
  await expect(page.getByText('Back to the default: Largest file.')).toBeVisible();
  await expect(size.getByText('Default (from the startup options): 1.34 TB')).toBeVisible();
  await everywhere(page);
  for (let each = 0; each < 4; each++) expect(await largest()).not.toBe('5000000');

  for (const [name, value] of [['Quota of new accounts', '30MB'], ['Time in trash', '3d'], ['Registration', 'Closed']] as const) {
    const section = page.getByRole('region', { name, exact: true });
    if (name === 'Registration') await section.getByLabel(value).check();
    else await section.getByRole('textbox').fill(value);
    await section.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText(`Saved: ${name}.`)).toBeVisible();
  }
  await everywhere(page);
  await page.goto('/trash');
  await expect(page.getByText('Items are kept for 3 days, then permanently deleted.')).toBeVisible();
  await page.goto('/admin/users/new');
  await expect(page.getByText('The quota of new accounts is: 30 MB.')).toBeVisible();
  await new Entrance(page).fill(user);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.locator('.facts > div').filter({ hasText: 'Quota' })).toContainText('30 MB');
  await page.context().clearCookies();
  await page.goto('/register');
  await expect(page.getByText('Registration is closed. Ask your administrator for an account.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Register' })).toBeHidden();
  expect((await page.request.get(`${server.url}/health/ready`)).status()).toBe(200);
});

test('an announcement is told to everybody and dismissed without leaving the page', async ({ page, server, account, browser, faults, javaScriptEnabled }) => {
  await enter(page, account);
  await page.goto('/admin/settings');
  const section = page.getByRole('region', { name: 'Announcement', exact: true });
  await section.getByRole('textbox').fill('Down on Sunday.\nBack on Monday.');
  await section.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved: Announcement.')).toBeVisible();
  await everywhere(page);
  const elsewhere = await browser.newContext({ baseURL: server.url, locale: 'en-US' });
  faults.watch(elsewhere);
  const other = await elsewhere.newPage();
  await other.goto('/login');
  await expect(other.getByRole('complementary', { name: 'Announcement' })).toContainText('Down on Sunday.');
  await elsewhere.close();

  await page.goto('/');
  await awake(page);
  const told = page.getByRole('complementary', { name: 'Announcement' });
  await expect(told).toContainText('Back on Monday.');
  // It stands above the bar, and the drive fills the rest of the window.
  const [above, bar] = [await told.boundingBox(), await page.locator('.bar').boundingBox()];
  expect(above!.y).toBe(0);
  expect(bar!.y).toBeCloseTo(above!.height, 0);
  expect(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight)).toBe(true);
  if (javaScriptEnabled) await page.evaluate(() => document.body.setAttribute('data-same-document', ''));
  await told.getByRole('button', { name: 'Dismiss' }).click();
  await expect(told).toBeHidden();
  if (javaScriptEnabled) await expect(page.locator('body')).toHaveAttribute('data-same-document', '');
  await page.goto('/trash');
  await expect(page.getByRole('heading', { name: 'Trash', exact: true })).toBeVisible();
  await expect(told).toBeHidden();
});

test('an invitation makes one account, and says so when it is used up', async ({ page, server, account, browser, faults }) => {
  faults.expect(/the server responded with a status of 4\d\d/);
  await enter(page, account);
  await page.goto('/admin/settings');
  const registration = page.getByRole('region', { name: 'Registration' });
  await registration.getByLabel('By invitation').check();
  await registration.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved: Registration.')).toBeVisible();
  await everywhere(page);
  await page.getByRole('link', { name: 'Invitations' }).click();
  await page.getByLabel('Accounts it can make').fill('none');
  await page.getByLabel('Note').fill('for Wang Fang');
  await page.getByRole('button', { name: 'Make invitation' }).click();
  await expect(page.getByText('Enter a whole number from 1 to 10,000.')).toBeVisible();
  await expect(page.getByLabel('Note')).toHaveValue('for Wang Fang');
  await page.getByLabel('Accounts it can make').fill('1');
  await page.getByLabel('Email, if only one may use it').fill(user.email);
  await page.getByRole('button', { name: 'Make invitation' }).click();
  await expect(page.getByText('for Wang Fang')).toBeVisible();
  const link = (await page.locator('.copy-text').innerText()).trim();

  const elsewhere = await browser.newContext({ baseURL: server.url, locale: 'en-US' });
  faults.watch(elsewhere);
  const other = await elsewhere.newPage();
  await other.goto('/login');
  await other.getByRole('link', { name: 'Register' }).click();
  await expect(other.getByText('You need an invitation to register here.')).toBeVisible();
  await other.goto(new URL(link).pathname + new URL(link).search);
  await expect(other.getByLabel('Email')).toHaveValue(user.email);
  await new Entrance(other).fill(user);
  await other.getByRole('button', { name: 'Register' }).click();
  await expect(other.getByRole('heading', { name: 'My files' })).toBeVisible();
  await elsewhere.clearCookies();
  await other.goto(new URL(link).pathname + new URL(link).search);
  await expect(other.getByText('This invitation has been used up.')).toBeVisible();
  await elsewhere.close();
  await page.reload();
  await expect(page.getByText('1 of 1 used')).toBeVisible();
});

test('an account is deleted by who types its name, and the name is free again', async ({ page, server, account, browser, faults }) => {
  faults.expect(/the server responded with a status of 4\d\d/);
  const elsewhere = await browser.newContext({ baseURL: server.url, locale: 'en-US' });
  faults.watch(elsewhere);
  const other = await elsewhere.newPage();
  await new Entrance(other).register(user);
  await expect(other.getByRole('heading', { name: 'My files' })).toBeVisible();
  await enter(page, account);
  await page.goto('/admin/users');
  await page.getByRole('link', { name: user.username }).click();
  await expect(page.getByRole('button', { name: 'Sign out everywhere' })).toBeVisible();
  await page.getByLabel(/^Type the user name/).fill('wang');
  await page.getByRole('button', { name: 'Delete this account permanently' }).click();
  await expect(page.getByText(`That is not the user name “${user.username}”.`)).toBeVisible();
  await page.getByLabel(/^Type the user name/).fill(user.username);
  await page.getByRole('button', { name: 'Delete this account permanently' }).click();
  await expect(page.getByText(`The account “${user.username}” is locked and being deleted.`)).toBeVisible();
  await other.goto('/');
  await expect(other).toHaveURL(/\/login$/);
  await expect(async () => {
    await page.goto('/admin/users');
    await expect(page.getByRole('link', { name: user.username })).toBeHidden({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await new Entrance(other).register(user);
  await expect(other.getByRole('heading', { name: 'My files' })).toBeVisible();
  await page.goto(`/admin/log?kind=account&user=${user.username}`);
  await expect(page.getByRole('row').filter({ hasText: 'Account deletion begun' })).toContainText(user.username);
  await elsewhere.close();
});
