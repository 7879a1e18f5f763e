// Captchas, without which the other specs run: nobody is here to read pictures, so the answer is set in the database.

import { freshDatabase, query } from './support/database';
import { Entrance } from './support/pages/entrance';
import { Server } from './support/server';
import { expect, test } from './support/test';

const user = { username: 'wang_fang', email: 'wang@example.org', password: 'four words and 2 digits' };

test('who registers and who guesses solves a captcha', async ({ page, browser, faults }) => {
  const database = await freshDatabase();
  const server = await Server.start({
    backend: 'embedded',
    environment: { HAYLOFT_DATABASE_URL: database.url, HAYLOFT_CAPTCHA: 'on' },
  });
  try {
    const context = await browser.newContext({
      baseURL: server.url,
      locale: 'en-US',
      javaScriptEnabled: test.info().project.use.javaScriptEnabled ?? true,
    });
    faults.watch(context);
    const visitor = await context.newPage();
    const answer = (): Promise<void> => query(database.url, "UPDATE captchas SET answer = 'right'");
    const captcha = visitor.getByLabel('Captcha');
    const shown = async (): Promise<void> => {
      const picture = visitor.locator('.captcha img');
      await expect(picture).toBeVisible();
      await expect.poll(() => visitor.locator('.captcha img').getAttribute('src')).toMatch(/^\/captcha\/\w{52}$/);
      const source = (await picture.getAttribute('src'))!;
      expect((await visitor.request.get(source)).headers()['content-type']).toBe('image/png');
      expect((await visitor.request.get(`${source}/sound`)).headers()['content-type']).toBe('audio/wav');
    };

    const entrance = new Entrance(visitor);
    await visitor.goto('/register');
    await shown();
    await entrance.fill(user);
    await captcha.fill('wrong');
    await visitor.getByRole('button', { name: 'Register' }).click();
    await expect(visitor.getByText('That is not what the picture showed')).toBeVisible();
    await expect(visitor.getByLabel('Email')).toHaveValue(user.email);
    const before = await visitor.locator('.captcha img').getAttribute('src');
    await visitor.getByRole('button', { name: 'Another picture' }).click();
    await expect(visitor.locator('.captcha img')).not.toHaveAttribute('src', before!);
    await expect(visitor.getByLabel('Email')).toHaveValue(user.email);
    await entrance.fill(user);
    await answer();
    await captcha.fill('RIGHT');
    // Enter registers: the first button that is seen in the form only brings another picture.
    await captcha.press('Enter');
    await expect(visitor.getByRole('heading', { name: 'My files' })).toBeVisible();
    // The drive asks for unfinished uploads; who is forgotten in the middle of it would be refused.
    await visitor.waitForLoadState('networkidle');
    await context.clearCookies();

    for (let nth = 0; nth < 3; nth++) {
      await entrance.signIn(user.username, 'a guess that is wrong');
      await expect(visitor.getByText('Wrong user name or password.')).toBeVisible();
    }
    await shown();
    await answer();
    await visitor.getByLabel('Password', { exact: true }).fill(user.password);
    await captcha.fill('right');
    await visitor.getByLabel('Password', { exact: true }).press('Enter');
    await expect(visitor.getByRole('heading', { name: 'My files' })).toBeVisible();
    await context.close();
  } finally {
    await server.stop();
    await database.drop();
  }
  await page.close();
});
