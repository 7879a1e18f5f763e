// The tray and the notices lie over the page. Nothing may stay hidden below them.

import type { Page } from '@playwright/test';

import { Api } from './support/api';
import { BEYOND_BUFFERS, makeFile } from './support/files';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { Tray } from './support/pages/tray';
import { expect, test } from './support/test';

/** Where the lower edge of one is, seen from the upper edge of the other: negative is above. */
async function overlap(page: Page, upper: string, lower: string): Promise<number> {
  const [above, below] = await Promise.all([upper, lower].map((selector) => page.locator(selector).last().boundingBox()));
  if (!above || !below) throw new Error(`${above ? lower : upper} is not on the page`);
  return above.y + above.height - below.y;
}

const scrollToEnd = (page: Page): Promise<void> =>
  page.locator('.rows-scroll').evaluate((list) => {
    list.scrollTop = list.scrollHeight;
  });

for (const [width, height] of [[1280, 800], [700, 800], [390, 844]] as const) {
  test(`at ${width} × ${height} the last row comes out from below the tray`, async ({ page, server, token, account }, testInfo) => {
    const api = new Api(server, token);
    for (let n = 10; n < 30; n += 1) await api.put(`file ${n}.txt`, 'x');
    await page.setViewportSize({ width, height });
    await enter(page, account);
    const tray = new Tray(page);
    const names: string[] = [];
    for (const files of [1, 3]) {
      const more = Array.from({ length: files }, (_, n) => `a${files}-${n}.bin`);
      names.push(...more);
      server.link.limit(64 * 1024);
      const made = await Promise.all(more.map((name, seed) => makeFile(testInfo.outputPath(name), BEYOND_BUFFERS, seed)));
      await tray.pick(made.map(({ path }) => path));
      await expect(tray.root.getByRole('listitem')).toHaveCount(names.length);
      for (const name of more) await tray.press(name, 'Pause');
      server.link.mend();
      await scrollToEnd(page);
      await expect(new Drive(page).row('file 29.txt')).toBeInViewport({ ratio: 1 });
      expect(await overlap(page, '.row', '.tray'), `with ${names.length} uploads`).toBeLessThanOrEqual(0);
    }

    // Folded, it leaves all but its head to the list.
    await tray.root.getByRole('button', { name: 'Collapse' }).click();
    await scrollToEnd(page);
    expect(await overlap(page, '.row', '.tray'), 'folded').toBeLessThanOrEqual(0);
    const { y } = (await tray.root.boundingBox())!;
    expect(y, 'it is a line at the foot').toBeGreaterThan(height - 80);
    await tray.root.getByRole('button', { name: 'Expand' }).click();

    await new Drive(page).trash('file 29.txt');
    await expect(page.getByText('“file 29.txt” moved to trash.')).toBeVisible();
    const notice = (await page.locator('.notice').boundingBox())!;
    const sheet = (await tray.root.boundingBox())!;
    const beside = notice.x + notice.width <= sheet.x;
    const above = notice.y + notice.height <= sheet.y;
    expect(beside || above, `the notice ${JSON.stringify(notice)} lies on the tray ${JSON.stringify(sheet)}`).toBe(true);
    expect(notice.y).toBeGreaterThan(0);
    expect(notice.x).toBeGreaterThanOrEqual(0);
  });
}
