// Files dropped on the page, by the events that a browser sends.

import { Readable } from 'node:stream';
import type { JSHandle, Page } from '@playwright/test';

import { Api } from './support/api';
import { BEYOND_BUFFERS, hashOf, MIB } from './support/files';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { Tray } from './support/pages/tray';
import { expect, NETWORK_FAULTS, reopen, test } from './support/test';

const SIZE = 3 * MIB + 5;

/** The bytes of the dropped file; the page makes the same ones. */
function bytesOf(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 9)) & 255));
}

function fileInHand(page: Page, name: string, size = SIZE): Promise<JSHandle<DataTransfer>> {
  return page.evaluateHandle(
    ([name, size]) => {
      const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 9)) & 255);
      const data = new DataTransfer();
      data.items.add(new File([bytes], name, { lastModified: 1_700_000_000_000 }));
      return data;
    },
    [name, size] as const,
  );
}

function textInHand(page: Page): Promise<JSHandle<DataTransfer>> {
  return page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.setData('text/plain', 'a line from somewhere');
    data.setData('text/uri-list', 'https://example.org/');
    return data;
  });
}

/** Sends the event to the middle of the page; says whether the page took it. */
function drag(page: Page, type: string, data: JSHandle<DataTransfer>): Promise<boolean> {
  return page.evaluate(
    ([type, dataTransfer]) => {
      const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
      return !document.querySelector('main')!.dispatchEvent(event);
    },
    [type, data] as const,
  );
}

test('a dropped file arrives whole, and the page shows where it goes', async ({ page, server, token, account }) => {
  const api = new Api(server, token);
  await enter(page, account);
  const sign = page.getByText('Drop to upload to this folder');
  const file = await fileInHand(page, '拖进来的.bin');
  await expect(sign).toBeHidden();
  for (const type of ['dragenter', 'dragover']) {
    expect(await drag(page, type, file), `${type} is taken`).toBe(true);
    await expect(sign).toBeVisible();
  }
  // Away and back again.
  await drag(page, 'dragleave', file);
  await expect(sign).toBeHidden();
  await drag(page, 'dragenter', file);
  await expect(sign).toBeVisible();
  expect(await drag(page, 'drop', file), 'the drop is taken').toBe(true);
  await expect(sign).toBeHidden();

  await new Tray(page).done('拖进来的.bin');
  await expect(new Drive(page).row('拖进来的.bin')).toBeVisible();
  const expected = await hashOf(Readable.from([bytesOf(SIZE)]));
  const node = await api.named('拖进来的.bin');
  expect(node).toMatchObject(expected);
  expect(await api.contentHash(node.id)).toEqual(expected);
  expect(await new Drive(page).downloadHash('拖进来的.bin')).toEqual(expected);
});

test('a file that is dropped again on another day goes on where it stopped', async ({ page, server, token, account, faults }) => {
  faults.expect(...NETWORK_FAULTS);
  const size = 2 * BEYOND_BUFFERS;
  const name = '拖了两次.bin';
  const api = new Api(server, token);
  await enter(page, account);
  server.link.limit(16 * MIB);
  await drag(page, 'drop', await fileInHand(page, name, size));
  await server.link.sentAtLeast(size / 2);
  server.link.cut();
  await expect(new Tray(page).row(name)).toContainText(/trying again/i);
  const again = await reopen(page);
  server.link.mend();
  await new Drive(again).open();
  const tray = new Tray(again);
  await expect(tray.row(name), 'the tray knows the unfinished upload').toBeVisible();
  const before = server.link.sent;

  await drag(again, 'drop', await fileInHand(again, name, size));
  await tray.done(name);
  await expect(tray.row(name)).toHaveCount(1);
  expect(server.link.sent - before, 'it did not begin anew').toBeLessThan(size * 0.9);
  const expected = await hashOf(Readable.from([bytesOf(size)]));
  expect(await api.named(name)).toMatchObject(expected);
  expect(await api.unfinished()).toEqual([]);
});

test('text that is dragged over the page is none of its business', async ({ page, server, token, account }) => {
  const api = new Api(server, token);
  await enter(page, account);
  const text = await textInHand(page);
  for (const type of ['dragenter', 'dragover', 'drop']) {
    expect(await drag(page, type, text), `${type} is left to the browser`).toBe(false);
    await expect(page.getByText('Drop to upload to this folder')).toBeHidden();
  }
  // A file that comes later is the only one.
  await drag(page, 'drop', await fileInHand(page, 'later.bin'));
  const tray = new Tray(page);
  await tray.done('later.bin');
  await expect(tray.root.getByRole('listitem')).toHaveCount(1);
  expect((await api.root()).map((node) => node.name)).toEqual(['later.bin']);
});
