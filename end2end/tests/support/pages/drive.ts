// The list of files, as a person finds their way in it: by what is written there.

import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page } from '@playwright/test';

import { hashOfFile } from '../files';
import { awake } from './awake';

export class Drive {
  readonly page: Page;
  /** What happened last, with a way to undo it. */
  readonly message: Locator;

  constructor(page: Page) {
    this.page = page;
    this.message = page.getByRole('status');
  }

  async open(): Promise<void> {
    await this.page.goto('/');
    await expect(this.page.getByRole('heading', { name: 'My files' })).toBeVisible();
    await awake(this.page);
  }

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** Downloads and answers where the browser put it, and under which name. */
  async download(name: string): Promise<{ path: string; suggested: string }> {
    const arriving = this.page.waitForEvent('download', { timeout: 60_000 });
    await this.row(name).getByRole('link', { name: `Download “${name}”` }).click();
    const download = await arriving;
    const failure = await download.failure();
    if (failure) throw new Error(`the download of ${name} failed: ${failure}`);
    return { path: await download.path(), suggested: download.suggestedFilename() };
  }

  async downloadText(name: string): Promise<string> {
    return readFile((await this.download(name)).path, 'utf8');
  }

  async downloadHash(name: string): Promise<{ size: number; blake3: string }> {
    return hashOfFile((await this.download(name)).path);
  }

  async trash(name: string): Promise<void> {
    await awake(this.page);
    await this.row(name).getByRole('button', { name: `Move “${name}” to trash` }).click();
  }

  /** Opens the page that moves and copies: with script by the row's menu, without by the link in its place. */
  async moveOrCopy(name: string): Promise<void> {
    await awake(this.page);
    await this.row(name).getByRole('link', { name: `Move, copy or rename “${name}”` }).click();
    const item = this.page.getByRole('menuitem', { name: 'Move to…' });
    await expect(item.or(this.page.locator('.sheet .names'))).toBeVisible();
    if (await item.isVisible()) await item.click();
  }

  async undo(): Promise<void> {
    await awake(this.page);
    await this.page.getByRole('button', { name: 'Undo' }).click();
  }

  /** Who is signed in, language, colours, signing out. */
  async openAccountMenu(): Promise<void> {
    await awake(this.page);
    await this.page.locator('summary:has(+ .menu-sheet .menu-who)').click();
  }
}
