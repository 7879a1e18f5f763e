// What the tray and the title say while an upload goes on, waits or has failed, and what its buttons do then.

import { Api } from './support/api';
import { BEYOND_BUFFERS, makeFile, MIB } from './support/files';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { Tray } from './support/pages/tray';
import { expect, test } from './support/test';

test('speed, time left and the title follow the upload', async ({ page, server, account }, testInfo) => {
  const file = await makeFile(testInfo.outputPath('slow.bin'), BEYOND_BUFFERS);
  await enter(page, account);
  await expect(page).toHaveTitle('My files · Hayloft');
  server.link.limit(4 * MIB);
  const tray = new Tray(page);
  await tray.pick(file.path);
  await expect(tray.row('slow.bin')).toContainText(/[\d.]+ MB \/ 25\.2 MB · [\d.]+ MB\/s · \d+ s left/);
  await expect(tray.root.getByRole('heading')).toHaveText(/^Uploading 1 file · \d+%$/);
  await expect(page).toHaveTitle(/^[1-9]\d?% · My files · Hayloft$/);
  server.link.mend();
  await tray.done('slow.bin');
  await expect(page).toHaveTitle('My files · Hayloft');
});

test.describe('with little room', () => {
  test.use({ options: { backend: 'embedded', environment: { HAYLOFT_DEFAULT_QUOTA: '30MB' } } });

  test('what did not fit is tried again by hand once there is room', async ({ page, server, token, account, faults }, testInfo) => {
    faults.expect(/the server responded with a status of 507/);
    const first = await makeFile(testInfo.outputPath('first.bin'), BEYOND_BUFFERS);
    const second = await makeFile(testInfo.outputPath('second.bin'), 6 * MIB, 2);
    const api = new Api(server, token);
    await enter(page, account);
    const tray = new Tray(page);
    server.link.limit(2 * MIB);
    await tray.pick(first.path);
    await server.link.sentAtLeast(2 * MIB);
    await tray.press('first.bin', 'Pause');
    server.link.mend();
    await tray.pick(second.path);
    await expect(tray.row('second.bin')).toContainText(/Not enough space: 4\.\d+ MB left\./);
    await tray.press('first.bin', 'Cancel');
    await expect.poll(() => api.unfinished()).toEqual([]);
    await tray.press('second.bin', 'Try again');
    await tray.done('second.bin');
    expect(await api.named('second.bin')).toMatchObject({ size: second.size, blake3: second.blake3 });
  });
});

test('where trying again cannot help it is not offered', async ({ page, account, context }) => {
  await context.grantPermissions(['clipboard-read']);
  await enter(page, account);
  const tray = new Tray(page);
  const name = `${'长'.repeat(100)}.md`;
  await tray.pick({ name, mimeType: '', buffer: Buffer.from('x') });
  await expect(tray.row(name)).toContainText('The name is too long');
  await tray.root.getByRole('button', { name: 'Copy details' }).click();
  await expect(tray.root.getByRole('button', { name: 'Copied' })).toBeVisible();
  await expect(tray.root.getByRole('status')).toHaveText('Copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^长+\.md\t1\tThe name is too long/);
  await expect(tray.root.getByRole('button', { name: /retry|again/i })).toBeHidden();
});

test.describe('a server that asks for patience', () => {
  const ASKED = 300;

  test.beforeEach(async ({ page, account, faults }) => {
    faults.expect(/the server responded with a status of 429/);
    await enter(page, account);
    await page.route('**/api/uploads/*', (route) =>
      route.request().method() === 'PATCH' ? route.fulfill({ status: 429, headers: { 'Retry-After': String(ASKED) } }) : route.fallback(),
    );
    await new Tray(page).pick({ name: 'patient.txt', mimeType: 'text/plain', buffer: Buffer.from('patience') });
  });

  test('is given it, by the second, and asked at once when somebody says so', async ({ page, server, token }) => {
    const row = new Tray(page).row('patient.txt');
    const seconds = async (): Promise<number> => {
      const text = await row.textContent();
      return Number(/The server is busy, trying again in (\d+) s/.exec(text ?? '')?.[1]);
    };
    await expect.poll(seconds).toBeGreaterThan(ASKED - 60);
    // Up to a tenth is added, so that not everybody comes back at once.
    const before = await seconds();
    expect(before).toBeLessThanOrEqual(ASKED * 1.1);
    await expect.poll(seconds, 'it counts down').toBeLessThan(before);
    await page.unrouteAll();
    await new Tray(page).press('patient.txt', 'Try again');
    await new Tray(page).done('patient.txt');
    await expect(new Drive(page).row('patient.txt')).toBeVisible();
    expect((await new Api(server, token).named('patient.txt')).size).toBe(8);
  });

  test('what waits can be paused, and the keyboard stays on it', async ({ page }) => {
    const tray = new Tray(page);
    await expect(tray.row('patient.txt')).toContainText('trying again in');
    await tray.row('patient.txt').getByRole('button', { name: 'Pause' }).focus();
    await page.keyboard.press('Enter');
    await expect(tray.row('patient.txt')).toContainText('Paused');
    await expect(tray.row('patient.txt').getByRole('button', { name: 'Resume' })).toBeFocused();
    await page.unrouteAll();
    await page.keyboard.press('Enter');
    await tray.done('patient.txt');
  });
});
