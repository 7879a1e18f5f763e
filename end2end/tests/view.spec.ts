// A file as it looks: in the drive and in a share, with script and without; a folder as a zip; small pictures.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { Api } from './support/api';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { expect, test } from './support/test';

/** One red pixel. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

/** What runs if anything does. */
const ALERT = "alert('it ran')";

/** Every content that would be script in a page. */
const evil: Record<string, string> = {
  'a.html': `<script>${ALERT}</script><img src=x onerror="${ALERT}">`,
  'b.svg': `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="${ALERT}"><script>${ALERT}</script><circle r="20"/></svg>`,
  'c.md': `# Notes\n\n<script>${ALERT}</script>\n\n[link](javascript:${ALERT}) <img src=x onerror="${ALERT}">`,
  'd.xml': `<x xmlns="http://www.w3.org/1999/xhtml"><script>${ALERT}</script></x>`,
};

test('a file is looked at, and the next one, and saved', async ({ page, server, token, account }) => {
  const api = new Api(server, token);
  await api.put('1 首.txt', '春眠不觉晓\nsecond line\n');
  await api.put('2.md', '# A title\n\nSome **bold** words, a [link](https://example.org/), ![a picture](https://example.org/a.png)');
  await api.put('3.png', PNG);
  await enter(page, account);
  const drive = new Drive(page);
  await drive.row('1 首.txt').getByRole('link', { name: '1 首.txt', exact: true }).click();
  await expect(page.getByRole('heading', { name: '1 首.txt' })).toBeVisible();
  await expect(page).toHaveTitle(/^1 首\.txt/);
  await expect(page.locator('.view-text')).toContainText('春眠不觉晓');
  await expect(page.locator('.view-numbers')).toHaveText(/^1\n2\n$/);
  await expect(page.getByText('UTF-8')).toBeVisible();
  await expect(page.locator('.view-hash')).toHaveText(/^[0-9a-f]{64}$/);
  await expect(page.getByRole('link', { name: 'Previous' })).toBeHidden();

  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page.getByRole('heading', { name: '2.md' })).toBeVisible();
  await expect(page.locator('.view-prose h2')).toHaveText('A title');
  await expect(page.locator('.view-prose a')).toHaveAttribute('rel', /nofollow noopener/);
  await expect(page.locator('.view-prose img')).toHaveCount(0);
  await page.getByRole('link', { name: 'Show source' }).click();
  await expect(page.locator('.view-text')).toContainText('# A title');
  await page.getByRole('link', { name: 'Show formatted' }).click();
  await expect(page.locator('.view-prose')).toBeVisible();

  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page.getByRole('img', { name: '3.png' })).toHaveJSProperty('naturalWidth', 1);
  const arriving = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download', exact: true }).click();
  const saved = await arriving;
  expect(saved.suggestedFilename()).toBe('3.png');
  expect(readFileSync(await saved.path())).toEqual(PNG);
  await page.getByRole('link', { name: 'Back to the folder' }).click();
  await expect(drive.row('3.png')).toBeVisible();
});

test('nothing of a file runs in our pages', async ({ page, server, token, account, browser, faults, javaScriptEnabled }) => {
  const ran: string[] = [];
  const api = new Api(server, token);
  const nodes = [];
  for (const [name, content] of Object.entries(evil)) nodes.push(await api.put(name, content));
  await enter(page, account);
  const form = { nodes: nodes.map(({ id }) => id).join(','), code: 'public', own: '', days: 'never', downloads: '' };
  const made = await page.request.post('/form/create-share', { form, headers: { accept: 'application/json' } });
  await page.goto(((await made.json()) as { next: string }).next);
  const link = (await page.locator('.copy-text').innerText()).match(/https?:\/\/\S+/)![0];
  const guest = await browser.newContext({ baseURL: server.url, locale: 'en-US', javaScriptEnabled });
  faults.watch(guest);
  const visitor = await guest.newPage();
  for (const one of [page, visitor]) {
    one.on('dialog', (dialog) => {
      ran.push(`${one.url()}: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }
  for (const { id, name } of nodes) {
    for (const [one, address] of [[page, `/view/${id}`], [page, `/view/${id}?as=text`], [visitor, `${link}/view/${id}`]] as const) {
      await one.goto(address);
      await expect(one.getByRole('heading', { name })).toBeVisible();
      await expect(one.locator('script:not([nonce]):not([type=module]), [onerror], [onload], a[href^="javascript:"]')).toHaveCount(0);
    }
  }
  await page.goto(`/view/${nodes[1]!.id}`);
  await expect(page.getByRole('img', { name: 'b.svg' })).toHaveJSProperty('complete', true);
  expect(ran).toEqual([]);
  await guest.close();
});

test('a folder and a share come as a zip that others can read', async ({ page, server, token, account, browser, faults }, testInfo) => {
  const api = new Api(server, token);
  await api.put('黄山.txt', 'sunrise');
  const evil = await api.put('..\\..\\evil.exe', 'x');
  await enter(page, account);
  const unpack = async (one: typeof page, name: string): Promise<string> => {
    const arriving = one.waitForEvent('download');
    await one.getByRole('link', { name: 'Download as zip' }).click();
    const path = testInfo.outputPath(name);
    await (await arriving).saveAs(path);
    execFileSync('unzip', ['-tq', path]);
    return execFileSync('unzip', ['-Z1', path], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  };
  expect((await unpack(page, 'drive.zip')).trim().split('\n')).toEqual(['.._.._evil (~1).exe', '黄山.txt']);

  const { id } = await api.named('黄山.txt');
  const share = async (nodes: string): Promise<string> => {
    const form = { nodes, code: 'public', own: '', days: 'never', downloads: '' };
    const made = await page.request.post('/form/create-share', { form, headers: { accept: 'application/json' } });
    await page.goto(((await made.json()) as { next: string }).next);
    return (await page.locator('.copy-text').innerText()).match(/https?:\/\/\S+/)![0];
  };
  const guest = await browser.newContext({ baseURL: server.url, locale: 'en-US', javaScriptEnabled: false });
  faults.watch(guest);
  const visitor = await guest.newPage();
  await visitor.goto(await share(`${id},${evil.id}`));
  expect((await unpack(visitor, 'share.zip')).trim().split('\n').sort()).toEqual(['.._.._evil (~1).exe', '黄山.txt']);

  // A file by itself comes as it is.
  await visitor.goto(await share(id));
  await expect(visitor.getByRole('link', { name: 'Download as zip' })).toHaveCount(0);
  const arriving = visitor.waitForEvent('download');
  await visitor.getByRole('link', { name: 'Download', exact: true }).click();
  expect((await arriving).suggestedFilename()).toBe('黄山.txt');
  await guest.close();
});

test('small pictures come by themselves', async ({ page, server, token, account }) => {
  const api = new Api(server, token);
  const { id } = await api.put('1.png', PNG);
  await api.put('2.txt', 'text');
  await expect.poll(async () => (await fetch(`${server.url}/api/nodes/${id}/thumbnail`, { headers: api.headers })).status, { timeout: 30_000 }).toBe(200);
  await enter(page, account);
  await page.goto(`/view/${id}`);
  const tiles = page.locator('.view-strip li');
  await expect(tiles).toHaveCount(2);
  await expect(tiles.first().locator('img')).toHaveJSProperty('naturalWidth', 1);
  await expect(tiles.last().locator('img')).toHaveCount(0);
});
