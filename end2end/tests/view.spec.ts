// A file as it looks: in the drive and in a share, with script and without; a folder as a zip; small pictures.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';

import { Api } from './support/api';
import { violations } from './support/axe';
import { MIB, PNG } from './support/files';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { share } from './support/pages/share';
import { expect, test } from './support/test';

/** A PDF of one red page, which runs this when it is opened; the script has no parentheses and backslashes but in pairs. */
function pdf(script = ''): Buffer {
  const red = '1 0 0 rg 0 0 400 300 re f';
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R >>`,
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Contents 4 0 R >>',
    `<< /Length ${red.length} >>\nstream\n${red}\nendstream`,
    `<< /Type /Action /S /JavaScript /JS (${script}) >>`,
  ];
  let text = '%PDF-1.7\n';
  const places = objects.map((object, index) => {
    const place = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`;
  return Buffer.from(`${text}${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`);
}

/** A second of a tone of 440 Hz. */
function wav(): Buffer {
  const rate = 8000;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + rate, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  // PCM, one channel, one byte a sample.
  for (const [place, value] of [[20, 1], [22, 1], [32, 1], [34, 8]] as const) head.writeUInt16LE(value, place);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.write('data', 36);
  head.writeUInt32LE(rate, 40);
  const samples = Uint8Array.from({ length: rate }, (_, n) => 128 + 100 * Math.sin((2 * Math.PI * 440 * n) / rate));
  return Buffer.concat([head, samples]);
}

/** A film of half a second, as a browser records it. */
async function webm(browser: Browser): Promise<Buffer> {
  const context = await browser.newContext({ javaScriptEnabled: true });
  const page = await context.newPage();
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [64, 48];
    const brush = canvas.getContext('2d')!;
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm;codecs=vp8' });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const ended = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    const drawing = setInterval(() => {
      brush.fillStyle = `hsl(${performance.now() % 360} 100% 50%)`;
      brush.fillRect(0, 0, 64, 48);
    }, 20);
    setTimeout(() => recorder.stop(), 500);
    await ended;
    clearInterval(drawing);
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  await context.close();
  return Buffer.from(bytes);
}

/** The colour in the middle of what the window shows. */
async function middle(page: Page, browser: Browser): Promise<number[]> {
  // A viewer that still loads has no picture.
  const picture = (await page.screenshot().catch(() => Buffer.alloc(0))).toString('base64');
  if (!picture) return [];
  const context = await browser.newContext({ javaScriptEnabled: true });
  const reader = await context.newPage();
  const colour = await reader.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const brush = canvas.getContext('2d')!;
    brush.drawImage(image, 0, 0);
    return [...brush.getImageData(image.width / 2, image.height / 2, 1, 1).data].slice(0, 3);
  }, `data:image/png;base64,${picture}`);
  await context.close();
  return colour;
}

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
  await expect(page.getByRole('note')).toBeHidden();

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

  // Few long lines: their layout is not what this is about.
  const { id } = await api.put('4.txt', `${'x'.repeat(99_999)}\n`.repeat(25));
  await page.goto(`/view/${id}`);
  await expect(page.getByRole('note')).toHaveText('This is a large file: only its first 2 MB are shown.');
  const shown = (await page.locator('.view-text').textContent())!.length;
  expect(shown).toBeGreaterThan(1_900_000);
  expect(shown).toBeLessThanOrEqual(2 * MIB);
});

test('where a file is looked at, it is renamed, moved and deleted', async ({ page, server, token, account, javaScriptEnabled }) => {
  const api = new Api(server, token);
  await api.put('1.txt', '1');
  const two = await api.put('2.txt', '2');
  const three = await api.put('3.txt', '3');
  const papers = await api.folder('papers');
  await enter(page, account);
  await page.goto(`/view/${two.id}`);
  await awake(page);
  if (javaScriptEnabled) expect(await violations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Rename “2.txt”', exact: true }).click();
  await page.getByLabel('New name').fill('2b.txt');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByText('Renamed to “2b.txt”.')).toBeVisible();
  await expect(page.getByRole('heading', { name: '2b.txt' })).toBeVisible();

  await awake(page);
  await page.getByRole('link', { name: 'Move, copy or rename “2b.txt”' }).click();
  await expect(page.locator('.sheet .names')).toHaveText('2b.txt');
  await page.getByRole('link', { name: 'papers', exact: true }).click();
  await expect(page.getByText('No subfolders here.')).toBeVisible();
  await page.getByRole('button', { name: 'Move here' }).click();
  await expect(page.getByText('Items moved: 1.')).toBeVisible();
  await expect(page.getByRole('heading', { name: '2b.txt' })).toBeVisible();
  await expect(page.locator('.facts').getByRole('link', { name: 'papers' })).toBeVisible();
  expect((await api.children(papers.id)).map((node) => node.name)).toEqual(['2b.txt']);

  // The next one in this order comes up, and after the last one the folder.
  await page.goto(`/view/${three.id}?sort=-name`);
  await awake(page);
  await page.getByRole('button', { name: 'Move “3.txt” to trash' }).click();
  await expect(page.getByText('“3.txt” moved to trash.')).toBeVisible();
  await expect(page.getByRole('heading', { name: '1.txt' })).toBeVisible();
  await awake(page);
  await page.getByRole('button', { name: 'Move “1.txt” to trash' }).click();
  await expect(page.getByText('“1.txt” moved to trash.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'My files' })).toBeVisible();
  await expect(page).toHaveURL(/\/\?sort=-name$/);
  expect((await api.root()).map((node) => node.name)).toEqual(['papers']);
  await new Drive(page).undo();
  await expect(new Drive(page).row('1.txt')).toBeVisible();
});

test('the arrow keys go through a folder, unless they are for something else', { tag: ['@script', '@once'] }, async ({ page, server, token, account }) => {
  const api = new Api(server, token);
  const [first] = [await api.put('1.txt', '1'), await api.put('2.txt', '2'), await api.put('3.txt', '3')];
  await enter(page, account);
  await page.goto(`/view/${first.id}`);
  await awake(page);
  const shown = (name: string) => expect(page.getByRole('heading', { name })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await shown('2.txt');
  await page.keyboard.press('ArrowRight');
  await shown('3.txt');
  await page.keyboard.press('ArrowLeft');
  await shown('2.txt');
  for (const other of [page.getByRole('searchbox'), page.locator('.view-code')]) {
    await other.focus();
    await page.keyboard.press('ArrowLeft');
  }
  await page.locator('.view-code').blur();
  await page.keyboard.press('ArrowRight');
  await shown('3.txt');
});

test('nothing of a file runs in our pages', async ({ page, server, token, account, browser, faults, javaScriptEnabled }) => {
  const ran: string[] = [];
  const api = new Api(server, token);
  const nodes = [];
  for (const [name, content] of Object.entries(evil)) nodes.push(await api.put(name, content));
  await enter(page, account);
  const { link } = await share(page, nodes.map(({ id }) => id));
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

test('sound and film play, and come by ranges', async ({ page, server, token, account, browser }) => {
  const api = new Api(server, token);
  await enter(page, account);
  for (const [name, content] of [['a.wav', wav()], ['b.webm', await webm(browser)]] as const) {
    const { id } = await api.put(name, content);
    const arriving = page.waitForResponse(new RegExp(`/api/nodes/${id}/content\\?inline$`));
    await page.goto(`/view/${id}`);
    expect((await arriving).status(), name).toBe(206);
    const player = page.locator('audio, video');
    await expect(player).toHaveAttribute('controls');
    await expect.poll(() => player.evaluate((player: HTMLMediaElement) => player.readyState), name).toBeGreaterThan(0);
    expect(await player.evaluate((player: HTMLMediaElement) => player.duration), name).toBeGreaterThan(0);
    await player.evaluate((player: HTMLMediaElement) => {
      player.muted = true;
      return player.play();
    });
    await expect.poll(() => player.evaluate((player: HTMLMediaElement) => player.currentTime), name).toBeGreaterThan(0.1);
  }
  await expect(page.locator('video')).toHaveJSProperty('videoWidth', 64);
});

// Chromium's viewer is made of script.
test('a PDF opens in the viewer of the browser, from which nothing reaches us', { tag: ['@script', '@once'] }, async ({ page, context, server, token, account, browser, faults }) => {
  // What is no page has no link to its icon, so the browser looks where icons used to be.
  faults.expect(/status of 404 .*\/favicon\.ico/);
  const api = new Api(server, token);
  // Script that does what a viewer may let it, and what it must not: ask the server, run script of a page, read it.
  const script = "try{app.launchURL('javascript:fetch(/from-launch/.source)')}catch(e){} try{this.submitForm('/from-form')}catch(e){} try{fetch('/from-fetch')}catch(e){} try{document.title='it ran'}catch(e){} app.alert(typeof window)";
  const files = { plain: pdf(), evil: pdf(script), html: `<script>fetch('/from-html');${ALERT}</script>` };
  const nodes: Record<string, string> = {};
  for (const [name, content] of Object.entries(files)) nodes[name] = (await api.put(`${name}.pdf`, content)).id;
  await enter(page, account);
  const { link } = await share(page, Object.values(nodes));
  const [asked, said]: [string[], string[]] = [[], []];
  context.on('request', (request) => asked.push(new URL(request.url()).pathname));
  context.on('dialog', (dialog) => {
    said.push(dialog.message());
    void dialog.dismiss();
  });
  for (const [place, name] of [['/view', 'plain'], ['/view', 'evil'], ['/view', 'html'], [`${link}/view`, 'evil']] as const) {
    await page.goto(`${place}/${nodes[name]}`);
    const arriving = context.waitForEvent('page');
    await page.getByRole('link', { name: 'Open the PDF in the browser' }).click();
    const opened = await arriving;
    if (name === 'html') {
      const viewer = () => opened.frames().find((frame) => frame.url().startsWith('chrome-extension:'));
      await expect.poll(() => viewer()?.getByText('Failed to load PDF document.').isVisible()).toBe(true);
    } else {
      await expect.poll(() => middle(opened, browser), `${place} ${name}`).toEqual([255, 0, 0]);
    }
    expect(new URL(opened.url()).search).toBe('?view');
    await opened.close();
  }
  // The viewer lets it speak, and it knows no window.
  expect(new Set(said)).toEqual(new Set(['undefined']));
  expect(asked.filter((path) => path.includes('from-'))).toEqual([]);
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
  const guest = await browser.newContext({ baseURL: server.url, locale: 'en-US', javaScriptEnabled: false });
  faults.watch(guest);
  const visitor = await guest.newPage();
  await visitor.goto((await share(page, [id, evil.id])).link);
  expect((await unpack(visitor, 'share.zip')).trim().split('\n').sort()).toEqual(['.._.._evil (~1).exe', '黄山.txt']);

  // A file by itself comes as it is.
  await visitor.goto((await share(page, [id])).link);
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
