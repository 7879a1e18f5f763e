// What every page must do with and without JavaScript: the same test runs in both projects.

import { Api } from './support/api';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { enter, Entrance } from './support/pages/entrance';
import { expect, test } from './support/test';

const newcomer = { username: 'zhang_san', email: 'Zhang.San@example.org', password: 'four words and 1 digit' };

// A form that is refused is answered 4xx, which Chromium puts on the console.
const REFUSED = /the server responded with a status of 4\d\d/;

test('register, sign out, sign in by mail', async ({ page }) => {
  const entrance = new Entrance(page);
  const drive = new Drive(page);
  await page.goto('/');
  await expect(page).toHaveURL(/\/login$/);
  await page.getByRole('link', { name: 'Register' }).click();
  await expect(page).toHaveURL(/\/register$/);
  await entrance.register(newcomer);
  await expect(page.getByText('No files here yet')).toBeVisible();

  await drive.openAccountMenu();
  await expect(page.getByText(newcomer.username)).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('You have signed out.')).toBeVisible();
  await page.goto('/');
  await expect(page).toHaveURL(/\/login$/);

  await entrance.signIn('zhang.san@EXAMPLE.org', newcomer.password);
  await expect(page.getByText('No files here yet')).toBeVisible();
});

test('who ticks the box stays for a week, and everybody else until the browser is closed', async ({ page, context, account }) => {
  /** Days that the browser keeps the session; 0 without a date, nothing while it puts one in the place of another. */
  const days = async (): Promise<number | undefined> => {
    const session = (await context.cookies()).find(({ name }) => name === 'hayloft_session');
    return session && (session.expires === -1 ? 0 : Math.round((session.expires - Date.now() / 1000) / 3600) / 24);
  };
  await enter(page, account);
  await expect.poll(days).toBe(0);
  await new Drive(page).openAccountMenu();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('You have signed out.')).toBeVisible();

  await page.getByLabel('Keep me signed in for 7 days').check();
  await page.getByLabel('User name or email').fill(account.username);
  await page.getByLabel('Password', { exact: true }).fill(account.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'My files' })).toBeVisible();
  await expect.poll(days).toBe(7);
  // An answer that writes the session anew must not forget it.
  await page.goto('/settings/password');
  await awake(page);
  await page.getByLabel('Current password').fill(account.password);
  await page.getByLabel('New password', { exact: true }).fill('another horse 42 staple');
  await page.getByLabel('Confirm new password').fill('another horse 42 staple');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('Your password is changed.')).toBeVisible();
  await expect.poll(days).toBe(7);
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'My files' })).toBeVisible();
  await expect.poll(days).toBe(7);
});

test('a wrong password and an unknown user are told the same', async ({ page, account, faults, javaScriptEnabled }) => {
  faults.expect(REFUSED);
  const entrance = new Entrance(page);
  for (const [login, password] of [[account.username, 'not the password'], ['nobody_here', account.password]] as const) {
    await entrance.signIn(login, password);
    await expect(page.getByText('Wrong user name or password.')).toBeVisible();
    await expect(page.getByLabel('User name or email')).toHaveValue(login);
    // A page that came anew must not hold it.
    if (!javaScriptEnabled) await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
  }
  // Ten tries, of which the page took one; then the right password is none either.
  const form = { login: account.username, password: 'not the password' };
  for (let nth = 0; nth < 9; nth++) {
    expect((await page.request.post('/form/sign-in', { form, headers: { accept: 'application/json' } })).status()).toBe(401);
  }
  await entrance.signIn(account.username, account.password);
  await expect(page.getByText(/^Too many attempts\. Try again in \d+ s\.$/)).toBeVisible();
  await page.goto('/');
  await expect(page).toHaveURL(/\/login$/);
});

test('a refused registration says why, beside the field, and keeps what was typed', async ({ page, account, faults }) => {
  faults.expect(REFUSED);
  const entrance = new Entrance(page);
  await page.goto('/register');
  await awake(page);
  await entrance.fill({ ...newcomer, username: 'a/b/c' });
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByText('The user name contains a character that is not allowed.')).toBeVisible();
  await expect(page.getByLabel('User name')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('User name')).toHaveValue('a/b/c');
  await expect(page.getByLabel('Email')).toHaveValue(newcomer.email);

  for (const [typed, again, field, said] of [
    [{ username: 'LIN_wei' }, '', 'User name', 'The user name is taken. Choose another.'],
    // A digit where the other has a letter.
    [{ username: '1in_wei' }, '', 'User name', 'The user name is taken. Choose another.'],
    [{ email: account.email.toUpperCase() }, '', 'Email', 'The email is taken. Choose another.'],
    [{}, 'four words and 2 digits', 'Confirm password', 'The passwords do not match.'],
  ] as const) {
    await awake(page);
    await entrance.fill({ ...newcomer, ...typed });
    if (again) await page.getByLabel('Confirm password').fill(again);
    await page.getByRole('button', { name: 'Register' }).click();
    await expect(page.getByText(said)).toBeVisible();
    await expect(page.getByLabel(field)).toHaveAttribute('aria-invalid', 'true');
    await expect(page.locator('[aria-invalid=true]'), said).toHaveCount(1);
  }
});

test('the setup link makes the first administrator, and only once', async ({ page, server, browser, faults }) => {
  await expect.poll(() => server.setupLink, 'a link in what the server says at its first start').toBeDefined();
  const link = server.setupLink!;
  await page.goto(link);
  await expect(page.getByText('This link works once.')).toBeVisible();
  await new Entrance(page).fill(newcomer);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await expect(page.getByText('No files here yet')).toBeVisible();
  await new Drive(page).openAccountMenu();
  await expect(page.getByText('Administrator')).toBeVisible();

  const stranger = await browser.newContext({ baseURL: server.url, locale: 'en-US' });
  faults.watch(stranger);
  faults.expect(REFUSED);
  const late = await stranger.newPage();
  await late.goto(link);
  await expect(late.getByRole('button', { name: 'Create administrator' })).toBeHidden();
  await expect(late.getByText(/has been used or has expired/)).toBeVisible();
  await stranger.close();
});

test('list, download, delete and take it back', async ({ page, server, token, account }) => {
  const api = new Api(server, token);
  await api.put('notes 笔记.txt', 'remember the hay\n');
  await api.put('10.txt', '10');
  await api.put('9.txt', '9');
  await enter(page, account);
  const drive = new Drive(page);
  await expect(drive.row('notes 笔记.txt')).toContainText('17 B');
  // Natural order: 9 before 10.
  await expect(page.getByRole('row').filter({ hasText: '.txt' }).first()).toContainText('9.txt');
  expect(await drive.downloadText('notes 笔记.txt')).toBe('remember the hay\n');
  expect((await drive.download('notes 笔记.txt')).suggested).toBe('notes 笔记.txt');

  await drive.trash('notes 笔记.txt');
  await expect(page.getByText('“notes 笔记.txt” moved to trash.')).toBeVisible();
  await expect(drive.row('notes 笔记.txt')).toBeHidden();
  expect((await api.root()).map((node) => node.name)).toEqual(['9.txt', '10.txt']);

  await drive.undo();
  await expect(page.getByText('“notes 笔记.txt” restored.')).toBeVisible();
  await expect(drive.row('notes 笔记.txt')).toBeVisible();
  expect(await api.root()).toHaveLength(3);
});

test('sorting by name, size and time, both ways, with folders before files', async ({ page, server, token, account }) => {
  const api = new Api(server, token);
  // By code point 北 would be the first. No two of the orders are alike.
  await api.put('长.txt', 'x'.repeat(200));
  await api.put('阿.txt', 'x');
  await api.put('北.txt', 'x'.repeat(3000));
  const box = await api.folder('资料');
  await api.put('a.txt', 'xx', box.id);
  await api.put('b.txt', 'x', box.id);
  await enter(page, account);
  const names = page.locator('.row .open');
  await expect(names).toHaveText(['资料', '阿.txt', '北.txt', '长.txt']);
  for (const [column, order] of [
    ['Name', '长北阿'],
    ['Size', '北长阿'],
    ['Size', '阿长北'],
    ['Modified', '北阿长'],
    ['Modified', '长阿北'],
    ['Name', '阿北长'],
  ] as const) {
    await page.getByRole('link', { name: `Sort by ${column}` }).click();
    await expect(names, column).toHaveText(['资料', ...[...order].map((name) => `${name}.txt`)]);
  }

  // The order goes along into a folder, back from a file, and up.
  const sort = page.getByRole('link', { name: 'Sort by Size' });
  await sort.click();
  await expect(names).toHaveText(['资料', '北.txt', '长.txt', '阿.txt']);
  await sort.click();
  await page.getByRole('link', { name: '资料', exact: true }).click();
  await expect(names).toHaveText(['b.txt', 'a.txt']);
  await page.getByRole('link', { name: 'b.txt', exact: true }).click();
  await page.getByRole('link', { name: 'Back to the folder' }).click();
  await expect(page.getByRole('heading', { name: '资料' })).toBeVisible();
  await expect(names).toHaveText(['b.txt', 'a.txt']);
  await page.locator('.crumbs').getByRole('link', { name: 'My files' }).click();
  await expect(names).toHaveText(['资料', '阿.txt', '长.txt', '北.txt']);
});

test('sorting by kind, both ways', async ({ page, server, token, account }) => {
  const api = new Api(server, token);
  for (const name of ['a.mp4', 'b.txt', 'c.jpg', 'd.txt']) await api.put(name, 'x');
  await enter(page, account);
  const kinds = page.locator('.row .cell-kind');
  await expect(kinds).toHaveText(['Video', 'Document', 'Image', 'Document']);
  for (const kind of await kinds.all()) await expect(kind).toBeInViewport({ ratio: 1 });
  const sort = page.getByRole('link', { name: 'Sort by Kind' });
  await sort.click();
  await expect(page).toHaveURL(/\/\?sort=kind$/);
  await expect(page.getByRole('columnheader', { name: 'Kind' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(page.locator('.row .open')).toHaveText(['c.jpg', 'b.txt', 'd.txt', 'a.mp4']);
  await sort.click();
  await expect(page).toHaveURL(/\/\?sort=-kind$/);
  await expect(page.locator('.row .open')).toHaveText(['a.mp4', 'd.txt', 'b.txt', 'c.jpg']);
});

test('the rail says where one is: on the page of all files, or somewhere within', async ({ page, account }) => {
  await enter(page, account);
  const entry = page.getByRole('navigation', { name: 'Navigation' }).getByRole('link', { name: 'My files' });
  await expect(entry).toHaveAttribute('aria-current', 'page');
  const mark = await entry.evaluate((link) => getComputedStyle(link).backgroundColor);
  await page.getByText('New folder').click();
  await page.getByLabel('Folder name').fill('Reports');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('link', { name: 'Reports', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Reports' })).toBeVisible();
  await expect(entry).toHaveAttribute('aria-current', 'true');
  await page.mouse.move(0, 0);
  await expect(entry).toHaveCSS('background-color', mark);
  await entry.click();
  await expect(entry).toHaveAttribute('aria-current', 'page');
});

test('language and colours are switched and stay', async ({ page, account }) => {
  await enter(page, account);
  const drive = new Drive(page);
  await drive.openAccountMenu();
  await page.getByRole('button', { name: '简体中文' }).click();
  await expect(page.getByRole('heading', { name: '我的文件' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');

  await drive.openAccountMenu();
  await page.getByRole('button', { name: '深色' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.goto('/');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  const background = await page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
  const brightness = background.match(/\d+(\.\d+)?/g)!.slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
  expect(brightness, `${background} is dark`).toBeLessThan(200);
});
