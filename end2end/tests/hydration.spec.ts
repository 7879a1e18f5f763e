// Nothing moves when script takes over the page that the server wrote.

import { Api } from './support/api';
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

for (const [width, height] of [[1280, 800], [390, 844]] as const) {
  test(`nothing moves at ${width} px`, async ({ page, server, token, account }) => {
    const api = new Api(server, token);
    await page.setViewportSize({ width, height });
    await enter(page, account);
    await page.addInitScript(() => {
      window.shifts = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as Shift[]) {
          const moved = entry.sources.map(({ node }) => (node instanceof Element ? node.outerHTML.slice(0, 80) : node?.nodeName));
          window.shifts.push(`${entry.value.toFixed(4)}: ${moved.join(', ')}`);
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
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
}
