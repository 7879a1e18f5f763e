// How full the drive is, as the bar in the rail tells it.

import { Api } from './support/api';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { Entrance } from './support/pages/entrance';
import { Tray } from './support/pages/tray';
import { expect, test, type Account } from './support/test';

const user: Account = { username: 'wang_fang', email: 'wang@example.org', password: 'four words and 2 digits' };

test.use({ environment: { HAYLOFT_DEFAULT_QUOTA: '30MB' } });

test('the bar says how much of the quota is used, follows what comes and goes, and leads to the largest files', async ({ page, server, javaScriptEnabled }) => {
  await new Entrance(page).register(user);
  const rail = page.getByRole('navigation', { name: 'Navigation' });
  const bar = rail.getByRole('progressbar', { name: 'Storage' });
  const shows = async (text: string, thousandths: number): Promise<void> => {
    await expect(rail.getByText(text)).toBeVisible();
    await expect(bar).toHaveAttribute('value', String(thousandths));
  };
  await shows('0 B of 30 MB used', 0);

  const api = new Api(server, await server.command(['token', 'create', '--user', user.username]));
  await awake(page);
  if (javaScriptEnabled) {
    await new Tray(page).pick({ name: 'a.bin', mimeType: '', buffer: Buffer.alloc(12_000_000) });
    await new Tray(page).done('a.bin');
  } else {
    await api.put('a.bin', Buffer.alloc(12_000_000));
    await page.reload();
  }
  await shows('12 MB of 30 MB used', 400);

  // What is in the trash takes room yet.
  await new Drive(page).trash('a.bin');
  await expect(page.getByText('“a.bin” moved to trash.')).toBeVisible();
  await page.getByRole('link', { name: 'Trash', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Trash', exact: true })).toBeVisible();
  await shows('12 MB of 30 MB used', 400);
  await page.getByRole('button', { name: 'Empty trash…' }).click();
  await page.getByRole('button', { name: 'Empty trash', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'The trash is empty' })).toBeVisible();
  await shows('0 B of 30 MB used', 0);

  await awake(page);
  await bar.click();
  await expect(page.getByRole('heading', { name: 'Largest files', level: 1 })).toBeVisible();
});

test.describe('in Chinese', () => {
  test.use({ locale: 'zh-CN' });

  test('the bar says so in the language of the page', async ({ page, server, token, account }) => {
    await new Api(server, token).put('a.txt', 'hello');
    await page.goto('/login');
    await page.getByLabel('用户名或邮箱').fill(account.username);
    await page.locator('input[type=password]').fill(account.password);
    await page.getByRole('button', { name: '登录' }).click();
    await expect(page.getByRole('navigation', { name: '导航' }).getByText('已用 5 B / 30 MB')).toBeVisible();
  });
});
