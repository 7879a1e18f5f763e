// Pages that only the server renders, within the frame: with script they change without leaving the document.

import { Drive } from './support/pages/drive';
import { enter, Entrance } from './support/pages/entrance';
import { expect, test } from './support/test';

test('a session is ended from the list of devices', async ({ page, account, browser, server, faults, javaScriptEnabled }) => {
  await enter(page, account);
  const elsewhere = await browser.newContext({ baseURL: server.url, locale: 'en-US', userAgent: 'The browser at the office' });
  faults.watch(elsewhere);
  const other = await elsewhere.newPage();
  await enter(other, account);

  if (javaScriptEnabled) await page.evaluate(() => document.body.setAttribute('data-same-document', ''));
  await new Drive(page).openAccountMenu();
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { name: 'Profile' })).toBeVisible();
  await page.getByRole('link', { name: 'Signed-in devices' }).click();
  await expect(page.getByRole('heading', { name: 'Signed-in devices' })).toBeVisible();
  await expect(page).toHaveTitle(/^Signed-in devices/);
  const rows = page.locator('.cards > li');
  await expect(rows).toHaveCount(2);
  if (javaScriptEnabled) await expect(rows.first().locator('time').first()).toContainText('Today');

  await page.getByRole('button', { name: 'Sign out “The browser at the office”' }).click();
  await expect(page.getByText('That device is signed out.')).toBeVisible();
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/\/settings\/sessions$/);
  if (javaScriptEnabled) await expect(page.locator('body')).toHaveAttribute('data-same-document', '');

  await other.goto('/');
  await expect(other).toHaveURL(/\/login$/);
  await elsewhere.close();
});

test('a sheet that is not there, and one for which nobody is signed in', async ({ page, account, faults }) => {
  faults.expect(/the server responded with a status of 40[14]/);
  await page.goto('/settings/sessions');
  await expect(page).toHaveURL(/\/login$/);
  await new Entrance(page).signIn(account.username, account.password);
  await expect(page).toHaveURL(/\/settings\/sessions$/);
  await expect(page.getByRole('navigation', { name: 'Settings' }).locator('[aria-current]')).toHaveAttribute('href', '/settings/sessions');
  const answer = await page.goto('/settings/nothing/at/all');
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
});
