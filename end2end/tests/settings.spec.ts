// What somebody decides about their own account.

import { Api } from './support/api';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { enter, Entrance } from './support/pages/entrance';
import { expect, test } from './support/test';

const user = { username: 'wang_fang', email: 'wang@example.org', password: 'four words and 2 digits' };

test('a new password signs out everywhere else', async ({ page, account, browser, server, faults }) => {
  faults.expect(/the server responded with a status of 4(01|22)/);
  await enter(page, account);
  const elsewhere = await browser.newContext({ baseURL: server.url, locale: 'en-US' });
  faults.watch(elsewhere);
  const other = await elsewhere.newPage();
  await enter(other, account);

  await page.goto('/settings/sessions');
  await expect(page.locator('.cards > li')).toHaveCount(2);
  await expect(page.locator('.cards > li', { hasText: 'This device' })).toHaveCount(1);
  await awake(page);
  await page.getByRole('link', { name: 'Password', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Password' })).toBeVisible();
  const fill = async (old: string, next: string, again = next): Promise<void> => {
    await page.getByLabel('Current password').fill(old);
    await page.getByLabel('New password', { exact: true }).fill(next);
    await page.getByLabel('Confirm new password').fill(again);
    await page.getByRole('button', { name: 'Change password' }).click();
  };
  await fill('not my password', 'another horse 42 staple');
  await expect(page.getByText('That is not your current password.')).toBeVisible();
  await fill(account.password, 'another horse 42 staple', 'another horse 43 staple');
  await expect(page.getByText('The passwords do not match.')).toBeVisible();
  await fill(account.password, 'another horse 42 staple');
  await expect(page.getByText('Your password is changed. All other devices are signed out.')).toBeVisible();

  await other.goto('/');
  await expect(other).toHaveURL(/\/login$/);
  await new Entrance(other).signIn(account.username, 'another horse 42 staple');
  await expect(other.getByRole('heading', { name: 'My files' })).toBeVisible();
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'My files' })).toBeVisible();
  await elsewhere.close();
});

test('who gets a password from an administrator has to choose another one', async ({ page, account, browser, server, faults }) => {
  faults.expect(/the server responded with a status of 4(01|22)/);
  const elsewhere = await browser.newContext({ baseURL: server.url, locale: 'en-US' });
  faults.watch(elsewhere);
  const other = await elsewhere.newPage();
  await new Entrance(other).register(user);
  await expect(other.getByRole('heading', { name: 'My files' })).toBeVisible();

  await enter(page, account);
  await page.goto('/admin/users');
  await awake(page);
  await page.getByRole('link', { name: user.username }).click();
  await page.locator('summary', { hasText: 'Set password' }).click();
  await page.getByLabel('New password', { exact: true }).fill('short');
  await page.getByLabel('Confirm new password').fill('short');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByText('The password is too short')).toBeVisible();
  await page.getByLabel('New password', { exact: true }).fill('told by telephone 7');
  await page.getByLabel('Confirm new password').fill('told by telephone 7');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByText(`Changes to the account “${user.username}” are saved.`)).toBeVisible();

  await other.goto('/');
  await expect(other).toHaveURL(/\/login$/);
  await new Entrance(other).signIn(user.username, 'told by telephone 7');
  await expect(other.getByRole('heading', { name: 'Choose a new password' })).toBeVisible();
  await other.goto('/shares');
  await expect(other).toHaveURL(/\/password$/);
  await other.getByLabel('Current password').fill('told by telephone 7');
  await other.getByLabel('New password', { exact: true }).fill('another horse 42 staple');
  await other.getByLabel('Confirm new password').fill('another horse 42 staple');
  await other.getByRole('button', { name: 'Change password' }).click();
  await expect(other.getByRole('heading', { name: 'My files' })).toBeVisible();
  await elsewhere.close();
});

test('a token is shown once, reads or writes as it was made for, and is revoked', async ({ page, account, server, request }) => {
  await enter(page, account);
  await page.goto('/settings/tokens');
  await awake(page);
  await expect(page.getByRole('heading', { name: 'You have no tokens yet' })).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('backup script');
  await page.getByLabel('Access').selectOption('Read: look and download');
  await page.getByRole('button', { name: 'Create token' }).click();
  await expect(page.getByText('Token “backup script” created')).toBeVisible();
  const secret = (await page.locator('.copy-text').textContent())?.trim() ?? '';
  expect(secret).toMatch(/^hlt_\w{52}$/);
  const headers = { Authorization: `Bearer ${secret}` };
  expect((await request.get(`${server.url}/api/nodes/root`, { headers })).status()).toBe(200);
  const refused = await request.post(`${server.url}/api/folders`, { headers, data: { parent: 'root', name: 'x' } });
  expect([refused.status(), (await refused.json()).code]).toEqual([403, 'read-only-token']);
  await expect(new Api(server, secret).put('a.txt', 'a')).rejects.toThrow(/: 403 .*read-only-token/);

  await page.goto('/settings/tokens');
  await awake(page);
  await expect(page.getByText(secret)).toBeHidden();
  await expect(page.locator('.cards')).toContainText('Last used');
  await page.getByRole('button', { name: 'Revoke token “backup script”' }).click();
  await expect(page.getByRole('heading', { name: 'You have no tokens yet' })).toBeVisible();
  expect((await request.get(`${server.url}/api/nodes/root`, { headers })).status()).toBe(401);

  await page.getByLabel('Name', { exact: true }).fill('upload script');
  await page.getByLabel('Access').selectOption('Read and write: also upload, change and delete');
  await page.getByRole('button', { name: 'Create token' }).click();
  await expect(page.getByText('Token “upload script” created')).toBeVisible();
  const writer = new Api(server, (await page.locator('.copy-text').innerText()).trim());
  await writer.put('b.txt', 'b');
  expect((await writer.root()).map(({ name }) => name), 'what the other one sent is not there').toEqual(['b.txt']);
});

test('a profile and a picture, shown in the account menu', async ({ page, account, faults }) => {
  faults.expect(/the server responded with a status of 422/);
  await enter(page, account);
  await page.goto('/settings/profile');
  await awake(page);
  await page.getByLabel('Display name').fill('林微 <b>Lin</b>');
  await page.getByLabel('Phone').fill('call me');
  await page.getByLabel('About me').fill('one\ntwo </textarea>');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('That is no phone number.')).toBeVisible();
  await expect(page.getByLabel('About me')).toHaveValue('one\ntwo </textarea>');
  await page.getByLabel('Phone').fill('+86 10 1234');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Your profile is saved.')).toBeVisible();

  await page.getByLabel('Picture').setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>') });
  await page.getByRole('button', { name: 'Upload picture' }).click();
  await expect(page.getByText('This picture cannot be read.')).toBeVisible();
  await awake(page);
  await page.getByLabel('Picture').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: await page.screenshot() });
  await page.getByRole('button', { name: 'Upload picture' }).click();
  await expect(page.getByText('Your picture is changed.')).toBeVisible();
  await awake(page);
  const picture = page.locator('.bar summary img.avatar');
  await expect(picture).toBeVisible();
  const shown = await page.request.get((await picture.getAttribute('src'))!);
  expect([shown.status(), shown.headers()['content-type']]).toEqual([200, 'image/png']);
  await new Drive(page).openAccountMenu();
  await expect(page.locator('.menu-who')).toContainText('林微 <b>Lin</b>');
  await page.goto('/settings/profile');
  await awake(page);
  await page.getByRole('button', { name: 'Remove picture' }).click();
  await expect(page.getByText('Your picture is removed.')).toBeVisible();
});

test('a password says how hard it is to guess', async ({ page, server, javaScriptEnabled, faults }) => {
  faults.expect(/the server responded with a status of 422/);
  await page.goto(`${server.url}/register`);
  const strength = page.locator('#password-strength');
  const password = page.getByLabel('Password', { exact: true });
  if (javaScriptEnabled) {
    await expect(strength).toBeHidden();
    await password.fill('password12');
    await expect(strength).toContainText('Strength: weak');
    await password.fill('correct horse 42 staple');
    await expect(strength).toContainText('very strong');
  }
  const entrance = new Entrance(page);
  await entrance.register({ ...user, password: 'wang_fang_wang_fang' });
  await expect(page.getByText('Choose a longer or less usual one.')).toBeVisible();
  await expect(page.getByLabel('Email')).toHaveValue(user.email);
  await entrance.register(user);
  await expect(page.getByRole('heading', { name: 'My files' })).toBeVisible();
});
