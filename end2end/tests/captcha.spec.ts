// Captchas, without which the other specs run: nobody is here to read pictures, so the answer is set in the database.

import { freshDatabase, query } from './support/database';
import { Entrance } from './support/pages/entrance';
import { expect, test } from './support/test';

const user = { username: 'wang_fang', email: 'wang@example.org', password: 'four words and 2 digits' };

test.use({
  environment: async ({}, use) => {
    const database = await freshDatabase();
    await use({ HAYLOFT_DATABASE_URL: database.url, HAYLOFT_CAPTCHA: 'on' });
    await database.drop();
  },
});

test('who registers and who guesses solves a captcha', async ({ page, context, environment }) => {
  const answer = (): Promise<void> => query(environment['HAYLOFT_DATABASE_URL']!, "UPDATE captchas SET answer = 'right'");
  const captcha = page.getByLabel('Captcha');
  const shown = async (): Promise<void> => {
    const picture = page.locator('.captcha img');
    await expect(picture).toBeVisible();
    await expect.poll(() => page.locator('.captcha img').getAttribute('src')).toMatch(/^\/captcha\/\w{52}$/);
    const source = (await picture.getAttribute('src'))!;
    expect((await page.request.get(source)).headers()['content-type']).toBe('image/png');
    expect((await page.request.get(`${source}/sound`)).headers()['content-type']).toBe('audio/wav');
  };

  const entrance = new Entrance(page);
  await page.goto('/register');
  await shown();
  await entrance.fill(user);
  await captcha.fill('wrong');
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByText('That is not what the picture showed')).toBeVisible();
  await expect(page.getByLabel('Email')).toHaveValue(user.email);
  const before = await page.locator('.captcha img').getAttribute('src');
  await page.getByRole('button', { name: 'Another picture' }).click();
  await expect(page.locator('.captcha img')).not.toHaveAttribute('src', before!);
  await expect(page.getByLabel('Email')).toHaveValue(user.email);
  await entrance.fill(user);
  await answer();
  await captcha.fill('RIGHT');
  // Enter registers: the first button that is seen in the form only brings another picture.
  await captcha.press('Enter');
  await expect(page.getByRole('heading', { name: 'My files' })).toBeVisible();
  // The drive asks for unfinished uploads; who is forgotten in the middle of it would be refused.
  await page.waitForLoadState('networkidle');
  await context.clearCookies();

  for (let nth = 0; nth < 3; nth++) {
    await entrance.signIn(user.username, 'a guess that is wrong');
    await expect(page.getByText('Wrong user name or password.')).toBeVisible();
  }
  await shown();
  await answer();
  await page.getByLabel('Password', { exact: true }).fill(user.password);
  await captcha.fill('right');
  await page.getByLabel('Password', { exact: true }).press('Enter');
  await expect(page.getByRole('heading', { name: 'My files' })).toBeVisible();
});
