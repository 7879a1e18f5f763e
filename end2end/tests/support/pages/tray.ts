// The upload tray.

import { expect, type FileChooser, type Locator, type Page } from '@playwright/test';

import { awake } from './awake';

type Files = Parameters<FileChooser['setFiles']>[0];

export class Tray {
  readonly page: Page;
  readonly root: Locator;

  constructor(page: Page) {
    this.page = page;
    this.root = page.getByRole('region', { name: 'Uploads' });
  }

  /** Picks files as a person does: the upload button opens the browser's dialogue. */
  async pick(files: Files): Promise<void> {
    await awake(this.page);
    const chooser = this.page.waitForEvent('filechooser');
    await this.page.locator('.uploader > summary').click();
    await (await chooser).setFiles(files);
  }

  row(name: string): Locator {
    return this.root.getByRole('listitem').filter({ hasText: name });
  }

  /** The row says that the file is there. */
  async done(name: string, timeout = 90_000): Promise<void> {
    await expect(this.row(name)).toContainText('Done', { timeout });
  }

  /** Puts the tray away once nothing is under way. */
  async close(): Promise<void> {
    await this.root.getByRole('button', { name: 'Close' }).click();
    await expect(this.root).toBeHidden();
  }

  async press(name: string, button: string): Promise<void> {
    await this.row(name).getByRole('button', { name: button }).click();
  }
}
