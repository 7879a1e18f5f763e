// For people who see, point or read differently: rules checked by axe, and the whole path by keyboard.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { Api } from './support/api';
import { BEYOND_BUFFERS, makeFile } from './support/files';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { Tray } from './support/pages/tray';
import type { Server } from './support/server';
import { expect, test, type Account } from './support/test';

/** Chromium's word on the page that is not there. */
const NOWHERE = /status of 404 .*\/nowhere\/at\/all/;

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' ')}`);
}

/** Rows of every kind: done, failed for ever, stopped. Told by their places, since words depend on the language. */
async function fillTray(page: Page, server: Server): Promise<void> {
  const tray = new Tray(page);
  const rows = page.locator('.tray-row');
  await tray.pick({ name: 'd.txt', mimeType: 'text/plain', buffer: Buffer.from('d') });
  await expect(page.locator('.tray-row[data-tone=done]')).toBeVisible();
  await tray.pick({ name: `${'长'.repeat(100)}.md`, mimeType: '', buffer: Buffer.from('a name that is too long') });
  await expect(page.locator('.tray-row[data-tone=failed]')).toBeVisible();
  server.link.limit(64 * 1024);
  const file = await makeFile(test.info().outputPath(`${'a very long name '.repeat(10)}.bin`), BEYOND_BUFFERS);
  await tray.pick(file.path);
  await rows.last().getByRole('button').first().click();
  await expect(page.locator('.tray-row[data-tone=resting]')).toBeVisible();
  server.link.mend();
}

for (const locale of ['en-US', 'zh-CN']) {
  test.describe(`in ${locale}`, () => {
    test.use({ locale });

    for (const colorScheme of ['light', 'dark'] as const) {
      test.describe(`in ${colorScheme} colours`, () => {
        test.use({ colorScheme });

        test('axe finds nothing', async ({ page, server, token, account, faults }) => {
          faults.expect(NOWHERE);
          for (const path of ['/login', '/register', '/nowhere/at/all']) {
            await page.goto(path);
            expect.soft(await violations(page), path).toEqual([]);
          }
          await signIn(page, account);
          expect.soft(await violations(page), 'the empty drive').toEqual([]);
          const api = new Api(server, token);
          for (const name of ['a.txt', 'b.jpg', 'c.mp4']) await api.put(name, name);
          await page.reload();
          await awake(page);
          expect.soft(await violations(page), 'the drive with files').toEqual([]);
          await fillTray(page, server);
          for (const [width, height] of [[1280, 800], [360, 740], [3840, 2160]] as const) {
            await page.setViewportSize({ width, height });
            expect.soft(await violations(page), `the drive with the tray at ${width} px`).toEqual([]);
          }
          await page.setViewportSize({ width: 1280, height: 800 });
          await new Drive(page).openAccountMenu();
          expect.soft(await violations(page), 'the account menu').toEqual([]);
          await page.goto('/settings/sessions');
          expect.soft(await violations(page), 'the devices').toEqual([]);
        });

        test('axe finds nothing on the set-up page', async ({ page, server }) => {
          await expect.poll(() => server.setupLink).toBeDefined();
          await page.goto(server.setupLink!);
          await expect(page.locator('[name=password]')).toBeVisible();
          expect(await violations(page)).toEqual([]);
        });
      });
    }

    for (const [width, height, colorScheme] of [[360, 740, 'dark'], [1280, 800, 'light'], [3840, 2160, 'dark']] as const) {
      test.describe(`shares in ${colorScheme} colours at ${width} px`, () => {
        test.use({ colorScheme, viewport: { width, height } });

        test('axe finds nothing, and nothing sticks out', async ({ page, server, token, account, faults }) => {
          faults.expect(/status of (404|410)/);
          const api = new Api(server, token);
          const long = await api.put(`${'a very long name that has to be cut somewhere '.repeat(5)}.txt`, 'x');
          const picture = await api.put('b.jpg', 'b');
          const check = async (path: string): Promise<void> => {
            await page.goto(path);
            expect.soft(await violations(page), path).toEqual([]);
            await expectNothingSticksOut(page, path);
          };
          await signIn(page, account);
          await check('/shares');
          await check(`/shares/new?nodes=${long.id},${picture.id}`);
          const form = { nodes: `${long.id},${picture.id}`, code: 'own', own: 'ab12', days: '7', downloads: '9' };
          const headers = { accept: 'application/json' };
          const made = await page.request.post('/form/create-share', { form, headers });
          const { next } = (await made.json()) as { next: string };
          await check(next);
          await check('/shares');
          await page.goto(next);
          const link = (await page.locator('.copy-text').innerText()).match(/https?:\/\/\S+/)![0];
          await check(link);
          await page.locator('[name=code]').fill('ab12');
          await page.locator('[name=code]').press('Enter');
          await expect(page.locator('.share-row')).toHaveCount(2);
          await check(link);
          for (const node of [long, picture, await api.put('c.md', '# A title\n\n- [link](https://example.org)')]) await check(`/view/${node.id}`);
          await check(`${link}/view/${long.id}`);
          await check(`${link}/view/${picture.id}?show`);
          await page.request.post('/form/cancel-share', { form: { id: next.split('/').at(-1)! }, headers });
          await check(link);
        });
      });
    }

    for (const [width, height, colorScheme] of [[360, 740, 'dark'], [1280, 800, 'light']] as const) {
      test.describe(`administration in ${colorScheme} colours at ${width} px`, () => {
        test.use({ colorScheme, viewport: { width, height } });

        test('axe finds nothing, and nothing sticks out', async ({ page, account }) => {
          const check = async (path: string): Promise<void> => {
            await page.goto(path);
            expect.soft(await violations(page), path).toEqual([]);
            await expectNothingSticksOut(page, path);
          };
          await signIn(page, account);
          const headers = { accept: 'application/json' };
          const post = (path: string, form: Record<string, string>) => page.request.post(`/form/${path}`, { form, headers });
          const password = 'four words and 2 digits';
          await post('create-account', { username: 'wang_fang', email: 'w@example.org', password, again: password });
          await post('change-setting', { name: 'registration', value: 'invitation' });
          await post('change-setting', { name: 'announcement', value: `${'a long line '.repeat(12)}\nand another one` });
          await post('create-invitation', { uses: '3', days: '7', email: '', note: 'for everybody in the third department' });
          for (const path of ['/admin', '/admin/users', '/admin/users/new', '/admin/invitations', '/admin/settings', '/admin/log']) {
            await check(path);
          }
          const link = (await page.goto('/admin/users').then(() => page.getByRole('link', { name: 'wang_fang' }).getAttribute('href')))!;
          await check(link);
          await post('delete-account', { id: link.split('/').at(-1)!, confirmation: 'wrong' });
          await check(link);
          await page.context().clearCookies();
          await check('/login');
          await check('/register');
        });
      });
    }

    for (const [width, height] of [[360, 740], [3840, 2160]] as const) {
      test(`nothing sticks out at ${width} px`, async ({ page, server, token, account, faults }) => {
        faults.expect(NOWHERE);
        const api = new Api(server, token);
        await api.put(`${'a very long name that has to be cut somewhere '.repeat(4)}.txt`, 'x');
        await page.setViewportSize({ width, height });
        for (const path of ['/login', '/register', '/nowhere/at/all']) {
          await page.goto(path);
          await expectNothingSticksOut(page, path);
        }
        await signIn(page, account);
        await expectNothingSticksOut(page, 'the drive');
        await fillTray(page, server);
        await expectNothingSticksOut(page, 'the drive with the tray', '.tray');
      });
    }
  });
}

/** As `enter`, in whichever language. */
async function signIn(page: Page, account: Account): Promise<void> {
  await page.goto('/login');
  await awake(page);
  await page.locator('[autocomplete=username]').fill(account.username);
  await page.locator('input[type=password]').fill(account.password);
  await page.locator('input[type=password]').press('Enter');
  await expect(page.locator('.list')).toBeVisible();
  await awake(page);
}

/** What is meant to be pushed aside on a narrow screen: the places, and the pages of a subject. */
const STRIPS = '.places, .tabs';

/**
 * Neither the page nor, within `box`, any text, button or bar is wider than what it stands in. What a strip holds may be; the
 * strip itself is not, and scrolls.
 */
async function expectNothingSticksOut(page: Page, what: string, box = 'html'): Promise<void> {
  const overhang = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overhang, `${what} is wider than the window`).toBeLessThanOrEqual(0);
  const outside = await page.locator(box).evaluate((frame, strips) => {
    const edge = Math.min(frame.getBoundingClientRect().right, window.innerWidth) + 0.5;
    const isPushed = (part: Element): boolean => {
      const around = part.parentElement?.closest(strips);
      return !!around && ['auto', 'scroll'].includes(getComputedStyle(around).overflowX);
    };
    const parts = [...frame.querySelectorAll(`button, a, input, label, p, h1, h2, progress, li, ${strips}`)];
    return parts
      .filter((part) => part.checkVisibility() && !isPushed(part) && part.getBoundingClientRect().right > edge)
      .map((part) => part.outerHTML.slice(0, 120));
  }, STRIPS);
  expect(outside, `${what}: beyond the right edge`).toEqual([]);
}

test('on a phone strips are pushed aside, by finger and by keyboard', async ({ page, account }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signIn(page, account);
  for (const [path, name, count] of [['/', '.places', 10], ['/admin', '.tabs', 5]] as const) {
    await page.goto(path);
    await awake(page);
    const strip = page.locator(name);
    expect(await strip.evaluate((strip) => strip.scrollWidth - strip.clientWidth), `${name} scrolls`).toBeGreaterThan(0);
    const links = strip.getByRole('link');
    await expect(links).toHaveCount(count);
    await links.first().focus();
    for (const link of await links.all()) {
      await expect(link).toBeFocused();
      await expect(link).toBeInViewport();
      await page.keyboard.press('Tab');
    }
  }
});

test('sign in, move, delete and undo by keyboard alone', async ({ page, server, token, account }) => {
  const api = new Api(server, token);
  for (const name of ['a.txt', 'b.txt', 'c.txt']) await api.put(name, name);
  await page.goto('/login');
  await awake(page);
  await page.getByLabel('User name or email').focus();
  await page.keyboard.type(account.username);
  await page.keyboard.press('Tab');
  await page.keyboard.type(account.password);
  await page.keyboard.press('Enter');
  const drive = new Drive(page);
  await expect(drive.row('a.txt')).toBeVisible();
  await awake(page);

  // The first stop of a page leads past its navigation.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');

  await drive.row('a.txt').focus();
  await page.keyboard.press('ArrowDown');
  await expect(drive.row('b.txt')).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(page.getByText('“b.txt” moved to trash.')).toBeVisible();
  await expect(drive.row('b.txt')).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).focus();
  await page.keyboard.press('Enter');
  await expect(drive.row('b.txt')).toBeVisible();

  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeHidden();
});
