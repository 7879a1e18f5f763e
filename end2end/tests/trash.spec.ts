// The trash, another folder, another name: with and without JavaScript.

import { Api } from './support/api';
import { violations } from './support/axe';
import { awake } from './support/pages/awake';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { expect, test } from './support/test';

test('what was deleted is listed, restored, and deleted permanently after a question', async ({ page, account, server, token, javaScriptEnabled }) => {
  const api = new Api(server, token);
  for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt']) await api.put(name, name);
  await enter(page, account);
  const drive = new Drive(page);
  for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt']) {
    await drive.trash(name);
    await expect(drive.row(name)).toBeHidden();
  }
  // The rows go before the server has heard of it.
  await expect.poll(async () => (await api.root()).length).toBe(0);
  await page.getByRole('link', { name: 'Trash', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Trash', exact: true })).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(5);
  await expect(page.getByRole('row').nth(1)).toContainText('d.txt');
  await expect(page.getByRole('row').nth(1)).toContainText('My files');
  await expect(page.getByText('Items are kept for 7 days, then permanently deleted.')).toBeVisible();
  await expect(page.getByRole('cell', { name: '7 d', exact: true })).toHaveCount(4);
  if (javaScriptEnabled) {
    expect(await violations(page)).toEqual([]);
  }

  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(page.getByText('Choose files or folders first.')).toBeVisible();
  await awake(page);
  await page.getByRole('checkbox', { name: 'Choose “a.txt”' }).check();
  await page.getByRole('checkbox', { name: 'Choose “b.txt”' }).check();
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(page.getByText('Items restored: 2.')).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(3);

  await awake(page);
  await page.getByRole('checkbox', { name: 'Choose “c.txt”' }).check();
  await page.getByRole('button', { name: 'Delete permanently…' }).click();
  await expect(page.getByText('This cannot be undone.').first()).toBeVisible();
  await page.getByRole('button', { name: 'Delete permanently', exact: true }).click();
  await expect(page.getByText('Items permanently deleted: 1.')).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(2);
  await awake(page);
  await page.getByRole('button', { name: 'Empty trash…' }).click();
  await page.getByRole('button', { name: 'Empty trash', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'The trash is empty' })).toBeVisible();

  await page.getByRole('link', { name: 'My files' }).click();
  await expect(drive.row('a.txt')).toBeVisible();
  await expect(drive.row('c.txt')).toBeHidden();
});

test('a whole page is restored by one button, and with script ticked by one box', async ({ page, account, server, token, javaScriptEnabled }) => {
  const api = new Api(server, token);
  const names = ['a.txt', 'b.txt', 'c.txt'];
  for (const name of names) await api.trash((await api.put(name, name)).id);
  await enter(page, account);
  await page.goto('/trash');
  await awake(page);
  const boxes = page.getByRole('checkbox', { name: /^Choose “/ });
  await expect(boxes).toHaveCount(3);
  const all = page.getByRole('checkbox', { name: 'Choose all on this page' });
  if (javaScriptEnabled) {
    await all.check();
    for (const box of await boxes.all()) await expect(box).toBeChecked();
    await boxes.first().uncheck();
    await expect(all).not.toBeChecked();
    await boxes.first().check();
    await expect(all).toBeChecked();
    await all.uncheck();
    for (const box of await boxes.all()) await expect(box).not.toBeChecked();
  } else {
    await expect(all, 'it would do nothing').toBeHidden();
  }
  await page.getByRole('button', { name: 'Restore all on this page' }).click();
  await expect(page.getByText('Items restored: 3.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'The trash is empty' })).toBeVisible();
  expect((await api.root()).map((node) => node.name)).toEqual(names);
});

test('what has lost its folder is asked about before it goes anywhere', async ({ page, account, server, token, javaScriptEnabled }) => {
  const api = new Api(server, token);
  const [old, fresh] = [await api.folder('old'), await api.folder('fresh')];
  const homeless = await api.put('homeless.txt', 'x', old.id);
  const free = await api.put('free.txt', 'x');
  await api.trash(homeless.id, free.id, old.id);
  await enter(page, account);
  await awake(page);
  await page.getByRole('link', { name: 'Trash', exact: true }).click();
  await expect(page.getByRole('row')).toHaveCount(4);
  await awake(page);
  await page.getByRole('checkbox', { name: 'Choose “homeless.txt”' }).check();
  await page.getByRole('checkbox', { name: 'Choose “free.txt”' }).check();
  await page.getByRole('button', { name: 'Restore', exact: true }).click();

  await expect(page.getByRole('heading', { name: 'Restore to' })).toBeVisible();
  await expect(page.getByText('“free.txt” restored.')).toBeVisible();
  await expect(page.getByText('Items whose folder is gone or in the trash: 1.')).toBeVisible();
  await expect(page.locator('.sheet .names')).toHaveText('homeless.txt');
  expect((await api.root()).map((node) => node.name)).toEqual(['fresh', 'free.txt']);
  if (javaScriptEnabled) {
    expect(await violations(page)).toEqual([]);
  }
  await awake(page);
  await page.getByRole('link', { name: 'fresh', exact: true }).click();
  await expect(page.getByText('No subfolders here.')).toBeVisible();
  await page.getByRole('button', { name: 'Restore here' }).click();
  await expect(page.getByText('Items restored: 1.')).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(2);
  expect((await api.children(fresh.id)).map((node) => node.name)).toEqual(['homeless.txt']);
});

test('where the name is taken by now, undoing asks whether to keep both or to replace', async ({ page, account, server, token }) => {
  const api = new Api(server, token);
  await api.put('a.txt', 'first');
  await enter(page, account);
  const drive = new Drive(page);
  const names = async (): Promise<string[]> => (await api.root()).map((node) => node.name).sort();

  for (const [content, choice, left] of [
    ['second', 'Keep both', ['a (1).txt', 'a.txt']],
    ['third', 'Replace', ['a (1).txt', 'a.txt']],
  ] as const) {
    const before = (await names()).length;
    await drive.trash('a.txt');
    await expect(drive.row('a.txt')).toBeHidden();
    await expect.poll(async () => (await names()).length).toBe(before - 1);
    await api.put('a.txt', content);
    await drive.undo();
    await expect(page.getByText('Items whose name is now used by something else in their folder: 1.')).toBeVisible();
    await awake(page);
    await expect(page.getByRole('radio', { name: 'Keep both' })).toBeChecked();
    await page.getByRole('radio', { name: choice }).check();
    await page.getByRole('button', { name: 'Restore here' }).click();
    await expect(page.getByText('Items restored: 1.')).toBeVisible();
    await expect(drive.row('a.txt')).toBeVisible();
    expect(await names()).toEqual(left);
  }
  expect(await drive.downloadText('a (1).txt'), 'kept beside what had taken its name').toBe('first');
  expect(await drive.downloadText('a.txt'), 'put in the place of the third').toBe('second');
});

test('a file goes to another folder and gets another name, which nothing else has', async ({ page, account, server, token, faults }) => {
  faults.expect(/the server responded with a status of 409/);
  await new Api(server, token).put('a.txt', 'a');
  await enter(page, account);
  const drive = new Drive(page);
  await awake(page);
  await page.locator('summary', { hasText: 'New folder' }).click();
  await page.getByLabel('Folder name').fill('A.TXT');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByText('Something here has this name already. Choose another.')).toBeVisible();
  await expect(page.getByLabel('Folder name')).toHaveValue('A.TXT');
  await page.getByLabel('Folder name').fill('papers');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(drive.row('papers')).toBeVisible();

  await awake(page);
  await drive.moveOrCopy('a.txt');
  await expect(page.locator('.sheet .names')).toHaveText('a.txt');
  await page.getByRole('link', { name: 'papers' }).click();
  await expect(page.getByText('No subfolders here.')).toBeVisible();
  await page.getByRole('button', { name: 'Copy here' }).click();
  await expect(page.getByText('Items copied: 1.')).toBeVisible();
  await expect(drive.row('a.txt')).toBeVisible();

  await awake(page);
  await drive.moveOrCopy('a.txt');
  await expect(page.locator('.sheet .names')).toHaveText('a.txt');
  await page.getByRole('link', { name: 'papers' }).click();
  await expect(page.getByText('No subfolders here.')).toBeVisible();
  await page.getByRole('button', { name: 'Move here' }).click();
  await expect(page.getByText('Items moved: 1.')).toBeVisible();
  await expect(drive.row('a.txt')).toBeHidden();

  await awake(page);
  await drive.row('papers').getByRole('link', { name: 'papers', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'papers' })).toBeVisible();
  await expect(drive.row('a (1).txt')).toBeVisible();
  await awake(page);
  await drive.moveOrCopy('a.txt');
  // The list that is left tells the name, too, and has a link that speaks of renaming.
  await expect(page.locator('.sheet .names')).toHaveText('a.txt');
  await page.getByRole('link', { name: 'Rename' }).click();
  await page.getByLabel('New name').fill('A (1).txt');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByText('Something here has this name already. Choose another.')).toBeVisible();
  await expect(page.getByLabel('New name')).toHaveValue('A (1).txt');
  await page.getByLabel('New name').fill('b.txt');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByText('Renamed to “b.txt”.')).toBeVisible();
  await expect(drive.row('b.txt')).toBeVisible();
});

test('a window that still shows what another one deleted says so', async ({ page, context, account, server, token, faults }) => {
  faults.expect(/the server responded with a status of 404/);
  const api = new Api(server, token);
  const nodes = [await api.put('a.txt', 'a'), await api.put('b.txt', 'b'), await api.put('c.txt', 'c')];
  await enter(page, account);
  const [renaming, moving] = [await context.newPage(), await context.newPage()];
  await renaming.goto(`/rename/${nodes[1]!.id}`);
  await moving.goto(`/move?ids=${nodes[2]!.id}&from=`);
  for (const window of [page, renaming, moving]) await awake(window);
  await api.trash(...nodes.map(({ id }) => id));

  const gone = 'It is no longer there. Reload the list.';
  await new Drive(page).trash('a.txt');
  await expect(page.getByText(gone)).toBeVisible();
  await expect(new Drive(page).row('a.txt')).toBeHidden();
  await renaming.getByLabel('New name').fill('d.txt');
  await renaming.getByRole('button', { name: 'Rename' }).click();
  await moving.getByRole('button', { name: 'Copy here' }).click();
  for (const window of [renaming, moving]) {
    await expect(window.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
    await expect(window.getByText(gone).first()).toBeVisible();
    await window.getByRole('link', { name: 'Back to my files' }).click();
    await expect(window.getByText('No files here yet')).toBeVisible();
  }
  expect(await api.root()).toEqual([]);
});
