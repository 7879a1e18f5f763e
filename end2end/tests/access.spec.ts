// For people who see, point or read differently: rules checked by axe, and the whole path by keyboard.

import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

import { Api } from './support/api';
import { violations } from './support/axe';
import { BEYOND_BUFFERS, makeFile, PNG } from './support/files';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { share } from './support/pages/share';
import { Tray } from './support/pages/tray';
import type { Server } from './support/server';
import { expect, test, type Account } from './support/test';

/** Chromium's word on the page that is not there. */
const NOWHERE = /status of 404 .*\/nowhere\/at\/all/;

/** The table of every route that the server's tests hold to be whole; of its lines those of pages. */
const ROUTES = new URL('../../server/tests/http/access/routes.txt', import.meta.url);

interface Route {
  /** Who may, as the table says it. */
  who: string;
  /** The address, with names in braces for what varies. */
  address: string;
}

function pages(): Route[] {
  const lines = readFileSync(ROUTES, 'utf8').split('\n').map((line) => line.split(/\s+/));
  const found = lines.filter((words) => words[0] !== '#' && words[3] === 'page').map(([who, , address]) => ({ who: who!, address: address! }));
  expect(found.length, 'the table was not read').toBeGreaterThan(30);
  return found;
}

/** The address with things of a test in it; a page about something that the test has not fails. */
function filled(address: string, things: Record<string, string>): string {
  return address.replace(/\{([\w-]+)\}/g, (_, name: string) => {
    const thing = things[name];
    if (thing === undefined) throw new Error(`${address}: say in access.spec.ts what {${name}} stands for`);
    return thing;
  });
}

/** Somebody who signs in with a password that an administrator chose. */
const other: Account = { username: 'wang_fang', email: 'wang@example.org', password: 'told by telephone 7' };

/** The windows that pages are looked at in: every language in both colours, from a phone to a wall. */
const WINDOWS = {
  'en-US': [[360, 740, 'dark'], [1280, 800, 'light']],
  'zh-CN': [[360, 740, 'light'], [3840, 2160, 'dark']],
} as const;

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

for (const locale of ['en-US', 'zh-CN'] as const) {
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
        });

        test('axe finds nothing on the set-up page', async ({ page, server }) => {
          await expect.poll(() => server.setupLink).toBeDefined();
          await page.goto(server.setupLink!);
          await expect(page.locator('[name=password]')).toBeVisible();
          expect(await violations(page)).toEqual([]);
        });
      });
    }

    for (const [width, height, colorScheme] of WINDOWS[locale]) {
      test.describe(`in ${colorScheme} colours at ${width} px`, () => {
        test.use({ colorScheme, viewport: { width, height } });

        test('axe finds nothing on any page there is, and nothing sticks out', async ({ page, browser, server, token, account, faults }) => {
          test.setTimeout(300_000);
          faults.expect(/status of 4\d\d/);
          const things = await furnish(page, new Api(server, token), account);
          // Whoever has no account, and whoever has to choose a password.
          const context = async () => {
            const made = await browser.newContext({ baseURL: server.url, locale, colorScheme, viewport: { width, height } });
            faults.watch(made);
            return made.newPage();
          };
          const [stranger, newcomer] = [await context(), await context()];
          await newcomer.goto('/login');
          await fillIn(newcomer, other);
          await expect(newcomer).toHaveURL(/\/password$/);
          for (const { who, address } of pages()) {
            const path = filled(address, things);
            const one = address === '/password' ? newcomer : who === 'anybody' || who === 'link' ? stranger : page;
            const answer = await one.goto(path);
            await awake(one);
            // The link of the set-up is used up.
            expect.soft([answer?.status(), new URL(one.url()).pathname], path).toEqual([address.startsWith('/setup/') ? 404 : 200, path.split('?')[0]]);
            await check(one, path);
          }
          for (const one of [stranger, newcomer]) await one.context().close();
        });
      });
    }

    test('axe finds nothing where something is asked, refused, closed or told', async ({ page, server, token, account, faults }) => {
      test.setTimeout(240_000);
      faults.expect(/status of 4\d\d/);
      const api = new Api(server, token);
      const things = await furnish(page, api, account);
      const headers = { accept: 'application/json' };
      const post = async (path: string, form: Record<string, string>): Promise<void> => {
        await page.request.post(`/form/${path}`, { form, headers });
      };
      const visit = async (path: string): Promise<void> => {
        await page.goto(path);
        await awake(page);
        await check(page, path);
      };
      for (const path of ['/category/document', '/category/audio', '/search', '/search?q=nothing+is+called+so']) await visit(path);

      await page.goto('/trash');
      await awake(page);
      for (const question of ['ask-purge', 'ask-empty']) {
        await page.locator(`[popovertarget=${question}]:not([popovertargetaction])`).click();
        await expect(page.locator(`#${question}`)).toBeVisible();
        await check(page, `/trash, ${question}`);
        await page.keyboard.press('Escape');
      }
      await post('empty-trash', {});
      await visit('/trash');

      await page.goto('/settings/tokens');
      await awake(page);
      await page.locator('main [name=name]').fill('backup script');
      await page.locator('main [name=name]').press('Enter');
      await expect(page.locator('.copy-text')).toBeVisible();
      await check(page, 'a token that was just made');
      await page.goto('/settings/password');
      await awake(page);
      await page.locator('[name=old]').fill('wrong');
      await page.locator('[name=old]').press('Enter');
      await expect(page.locator('.error:not(:empty)').first()).toBeVisible();
      await check(page, 'a password that is refused');

      const coded = await share(page, [things['folder']!], { code: 'own', own: 'ab12', days: '7', downloads: '9' });
      await visit(coded.place);
      await visit(coded.link);
      await page.locator('[name=code]').fill('wrong');
      await page.locator('[name=code]').press('Enter');
      await expect(page.locator('[name=code]')).toHaveAttribute('aria-invalid', 'true');
      await check(page, 'a code that is wrong');
      await page.locator('[name=code]').fill('ab12');
      await page.locator('[name=code]').press('Enter');
      await expect(page.locator('.share-row').first()).toBeVisible();
      await check(page, 'a share with a code');
      const counted = await share(page, [things['file']!], { downloads: '9' });
      await visit(`${counted.link}/view/${things['file']}`);
      await visit(`${counted.link}/view/${things['file']}?show`);
      await post('cancel-share', { id: coded.place.split('/').at(-1)! });
      await visit(coded.link);
      await visit('/shares');
      await post('delete-account', { id: things['user']!, confirmation: 'wrong' });
      await visit(`/admin/users/${things['user']}`);

      await post('change-setting', { name: 'announcement', value: `${'a long line '.repeat(12)}\nand another one` });
      await post('change-setting', { name: 'registration', value: 'invitation' });
      await page.goto('/admin/invitations');
      await page.locator('[name=uses]').press('Enter');
      const invitation = new URL((await page.locator('.copy-text').innerText()).trim());
      await check(page, 'an invitation that was just made');
      await page.context().clearCookies();
      await visit('/login');
      await visit('/register');
      await visit(invitation.pathname + invitation.search);
      await signIn(page, account);
      await post('change-setting', { name: 'registration', value: 'closed' });
      await page.context().clearCookies();
      await visit('/register');
    });

    test.describe('with captchas', () => {
      test.use({ options: { backend: 'embedded', environment: { HAYLOFT_CAPTCHA: 'on' } } });

      test('axe finds nothing where one is asked for', async ({ page, account, faults }) => {
        faults.expect(/status of 4\d\d/);
        const captcha = page.locator('.captcha img');
        await page.goto('/register');
        await expect(captcha).toBeVisible();
        await check(page, '/register with a captcha');
        for (let nth = 0; nth < 3; nth++) {
          await page.goto('/login');
          await fillIn(page, { ...account, password: 'a guess that is wrong' });
          await expect(page.locator('[aria-invalid=true]')).toBeVisible();
        }
        await expect(captcha).toBeVisible();
        await check(page, '/login with a captcha');
      });
    });

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

/** On the page that asks who one is, in whichever language. */
async function fillIn(page: Page, account: Account): Promise<void> {
  await page.locator('[autocomplete=username]').fill(account.username);
  await page.locator('input[type=password]').fill(account.password);
  await page.locator('input[type=password]').press('Enter');
}

/** As `enter`, in whichever language. */
async function signIn(page: Page, account: Account): Promise<void> {
  await page.goto('/login');
  await fillIn(page, account);
  await expect(page.locator('.list')).toBeVisible();
  await awake(page);
}

/** Signs in and makes what there are pages about; answers it by the names that the table of routes gives it. */
async function furnish(page: Page, api: Api, account: Account): Promise<Record<string, string>> {
  await signIn(page, account);
  const post = async (path: string, form: Record<string, string>): Promise<void> => {
    const answer = await page.request.post(`/form/${path}`, { form, headers: { accept: 'application/json' } });
    expect(answer.ok(), path).toBe(true);
  };
  const password = 'four words and 2 digits';
  await post('create-account', { username: other.username, email: other.email, password, again: password });
  await page.goto('/admin/users');
  const user = (await page.getByRole('link', { name: other.username }).getAttribute('href'))!.split('/').at(-1)!;
  await post('set-password', { id: user, password: other.password, again: other.password });
  await post('create-invitation', { uses: '3', days: '7', email: '', note: 'for everybody in the third department' });
  await post('create-token', { name: 'backup script', access: 'read', days: '30' });
  const folder = await api.folder('papers');
  const file = await api.put(`${'a very long secret that has to be cut somewhere '.repeat(5)}.txt`, 'x');
  const picture = await api.put('b.png', PNG);
  await api.put('c.md', '# A title\n\n- [link](https://example.org)', folder.id);
  const trashed = (await api.put('gone.txt', 'x')).id;
  await post('trash', { 'ids[]': trashed });
  const { link, place } = await share(page, [folder.id, file.id, picture.id]);
  const [token, made] = [link.split('/').at(-1)!, place.split('/').at(-1)!];
  return { folder: folder.id, file: file.id, picture: picture.id, trashed, share: made, token, user, category: 'image', secret: 'used' };
}

/** Neither axe nor the eye finds anything. */
async function check(page: Page, what: string): Promise<void> {
  expect.soft(await violations(page), what).toEqual([]);
  await expectNothingSticksOut(page, what);
}

/** What is meant to be pushed aside on a narrow screen: the places, and the pages of a subject. */
const STRIPS = '.places, .tabs';

/**
 * Neither the page nor, within `box`, any text, button or bar is wider than what it stands in. What a strip holds may be; the
 * strip itself is not, and scrolls.
 */
async function expectNothingSticksOut(page: Page, what: string, box = 'html'): Promise<void> {
  const overhang = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(overhang, `${what} is wider than the window`).toBeLessThanOrEqual(0);
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
  expect.soft(outside, `${what}: beyond the right edge`).toEqual([]);
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
