// Where a name is taken: what goes there is skipped, takes the place, or comes together with what is there.

import { Api } from './support/api';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { expect, test } from './support/test';

test('skip leaves both, replace takes the place, and folders come together', async ({ page, account, server, token }) => {
  const api = new Api(server, token);
  const there = await api.folder('there');
  const [mine, theirs] = [await api.folder('pictures'), await api.folder('pictures', there.id)];
  await api.put('a.txt', 'the new a');
  await api.put('b.txt', 'b');
  await api.put('c.txt', 'the new c');
  await api.put('d.txt', 'd');
  await api.put('a.txt', 'the old a', there.id);
  await api.put('c.txt', 'the old c', there.id);
  await api.put('1.txt', 'the new one', mine.id);
  await api.put('2.txt', 'two', mine.id);
  await api.put('1.txt', 'the old one', theirs.id);
  await api.put('3.txt', 'three', theirs.id);
  await enter(page, account);
  const drive = new Drive(page);
  /** On the page that moves and copies: to the folder, with this answer. */
  const moveThere = async (names: string, conflict: string, button = 'Move here'): Promise<void> => {
    await expect(page.locator('.sheet .names')).toHaveText(names);
    await page.getByRole('main').getByRole('link', { name: 'there', exact: true }).click();
    await expect(page.locator('.crumbs b')).toHaveText('there');
    await page.getByRole('main').getByLabel(conflict).check();
    await page.getByRole('button', { name: button }).click();
  };
  const text = async (name: string, folder: string): Promise<string> => api.text((await api.named(name, folder)).id);

  const moveOrCopyBoth = async (names: string[]): Promise<void> => {
    await awake(page);
    for (const name of names) await drive.row(name).getByRole('checkbox').check();
    await page.locator('.chosen').getByRole('button', { name: 'Move or copy' }).click();
  };
  await moveOrCopyBoth(['a.txt', 'b.txt']);
  await moveThere('a.txt, b.txt', 'Skip');
  await expect(page.getByText('Items moved: 1. 1 skipped: name already taken, or no longer there.')).toBeVisible();
  await expect(drive.row('a.txt')).toBeVisible();
  await expect(drive.row('b.txt')).toBeHidden();
  expect([await text('a.txt', 'root'), await text('a.txt', there.id)]).toEqual(['the new a', 'the old a']);

  await drive.moveOrCopy('a.txt');
  await moveThere('a.txt', 'Replace');
  await expect(page.getByText('Items moved: 1.')).toBeVisible();
  await expect(drive.row('a.txt')).toBeHidden();
  expect(await text('a.txt', there.id)).toBe('the new a');

  for (const [conflict, said, left] of [
    ['Skip', 'Items copied: 1. 1 skipped: name already taken, or no longer there.', 'the old c'],
    ['Replace', 'Items copied: 2.', 'the new c'],
  ] as const) {
    await moveOrCopyBoth(['c.txt', 'd.txt']);
    await moveThere('c.txt, d.txt', conflict, 'Copy here');
    await expect(page.getByText(said)).toBeVisible();
    expect([await text('c.txt', 'root'), await text('c.txt', there.id)], conflict).toEqual(['the new c', left]);
  }

  await awake(page);
  await drive.moveOrCopy('pictures');
  await moveThere('pictures', 'Replace');
  await expect(page.getByText('Items moved: 1.')).toBeVisible();
  await expect(drive.row('pictures')).toBeHidden();
  const merged = ['1.txt', '2.txt', '3.txt'].map((name) => `there/pictures/${name}`);
  expect(await api.tree()).toEqual(['c.txt', 'd.txt', 'there/', ...['a', 'b', 'c', 'd'].map((name) => `there/${name}.txt`), 'there/pictures/', ...merged]);
  expect(await text('1.txt', (await api.named('pictures', there.id)).id)).toBe('the new one');
});
