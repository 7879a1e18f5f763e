// Nothing moves when script takes over the page that the server wrote, nor while that page still arrives.

import { createServer, request as ask, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from '@playwright/test';

import { Api } from './support/api';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { expect, test } from './support/test';

interface Shift extends PerformanceEntry {
  value: number;
  sources: { node: Node | null }[];
}

declare global {
  interface Window {
    shifts: string[];
  }
}

/** Writes down what moves in every document from now on. */
async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[]) {
        const moved = entry.sources.map(({ node }) => (node instanceof Element ? node.outerHTML.slice(0, 80) : node?.nodeName));
        window.shifts.push(`${entry.value.toFixed(4)}: ${moved.join(', ')}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** Passes everything on; of documents what is from the bar to the list comes tag by tag, each in a frame of its own. */
async function trickle(url: string): Promise<HttpServer> {
  const proxy = createServer((request, response) => {
    const { hostname, port } = new URL(url);
    const headers = { ...request.headers, 'accept-encoding': 'identity' };
    const asked = ask({ hostname, port, path: request.url, method: request.method, headers }, async (answer) => {
      const { 'content-length': _, ...kept } = answer.headers;
      response.writeHead(answer.statusCode!, kept);
      if (!kept['content-type']?.startsWith('text/html')) return answer.pipe(response);
      let text = '';
      for await (const part of answer.setEncoding('utf8')) text += part;
      const [from, to] = [text.indexOf('<header'), text.indexOf('class="folder-body"')];
      response.write(text.slice(0, from));
      for (const piece of text.slice(from, to).split(/(?=<(?:a|button|details|div|form|nav|input)\b)/)) {
        response.write(piece);
        await delay(40);
      }
      return response.end(text.slice(to));
    });
    request.pipe(asked);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return proxy;
}

for (const [width, height] of [[1280, 800], [390, 844]] as const) {
  test(`nothing moves at ${width} px`, async ({ page, server, token, account }) => {
    const api = new Api(server, token);
    await page.setViewportSize({ width, height });
    await enter(page, account);
    await watchShifts(page);
    const drive = new Drive(page);
    await drive.open();
    expect(await page.evaluate(() => window.shifts), 'the empty drive').toEqual([]);
    for (const name of ['a.txt', 'b.jpg', '讲座 1080p.mkv']) await api.put(name, name);
    await drive.open();
    await expect(drive.row('a.txt').locator('time')).toContainText('Today');
    // The frame in which the last change is painted, and one more, in which it is reported.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    expect(await page.evaluate(() => window.shifts), 'the drive with files').toEqual([]);
  });

  test(`nothing moves at ${width} px while the document arrives`, async ({ page, server, token, account }) => {
    await new Api(server, token).put('a.txt', 'a');
    await page.setViewportSize({ width, height });
    await enter(page, account);
    await watchShifts(page);
    const proxy = await trickle(server.url);
    await page.goto(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}/`);
    await awake(page);
    await expect(new Drive(page).row('a.txt')).toBeVisible();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    expect(await page.evaluate(() => window.shifts)).toEqual([]);
    proxy.closeAllConnections();
    proxy.close();
  });
}
