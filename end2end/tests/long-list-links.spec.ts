// Without JavaScript a long folder comes in pages, and links lead from one to the next.

import { fillRoot, numbered } from './support/long-list';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { expect, test } from './support/test';

test.use({ options: { backend: 'cluster' } });

test('links lead through a long folder to its end and back to the start', async ({ page, server, account }) => {
  await fillRoot(server, account.username, 230);
  await enter(page, account);
  const drive = new Drive(page);
  const rows = page.locator('.rows > .row');
  for (const [first, last] of [[1, 100], [101, 200], [201, 230]] as const) {
    await expect(drive.row(numbered(first))).toBeVisible();
    await expect(rows.first()).toContainText(numbered(first));
    await expect(rows.last()).toContainText(numbered(last));
    await expect(rows).toHaveCount(last - first + 1);
    const more = page.getByRole('link', { name: 'Show more' });
    if (last === 230) await expect(more).toBeHidden();
    else await more.click();
  }
  await page.getByRole('link', { name: 'Back to the start' }).click();
  await expect(rows.first()).toContainText(numbered(1));
});
