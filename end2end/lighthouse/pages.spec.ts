// Lighthouse on sign-in, drive and share page, as a phone on a slow network and as a desktop computer.

import { writeFile } from 'node:fs/promises';
import { chromium as browsers } from '@playwright/test';
import lighthouse, { desktopConfig, type RunnerResult } from 'lighthouse';

import config from '../playwright.config';
import { Api } from '../tests/support/api';
import { chromium } from '../tests/support/environment';
import { enter } from '../tests/support/pages/entrance';
import { share } from '../tests/support/pages/share';
import { freePort } from '../tests/support/ports';
import { expect, test } from '../tests/support/test';

const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;

/** Of so many runs of a page the one in the middle is taken: a machine is disturbed now and then. */
const RUNS = 3;
/** Chromium now and then loses the trace of a load, and Lighthouse asks to be run again. */
const TRIES = 4;

type Category = (typeof CATEGORIES)[number];

/** A page as one kind of device sees it. */
interface Figure {
  page: string;
  device: 'phone' | 'desktop';
  /** From 0 to 100. */
  scores: Record<Category, number>;
  /** What keeps a score below 100. */
  findings: string[];
}

function read({ lhr }: RunnerResult): Pick<Figure, 'scores' | 'findings'> {
  const scores = Object.fromEntries(CATEGORIES.map((name) => [name, Math.round((lhr.categories[name]?.score ?? 0) * 100)]));
  const refs = CATEGORIES.flatMap((name) => lhr.categories[name]?.auditRefs ?? []).filter(({ weight }) => weight > 0);
  const weak = refs.map(({ id }) => lhr.audits[id]!).filter(({ score }) => score !== null && score < 0.9);
  return {
    scores: scores as Record<Category, number>,
    findings: weak.map(({ id, title, displayValue }) => `${id}: ${title} ${displayValue ?? ''}`.trim()),
  };
}

/** The run in the middle, by speed; the other scores are the same in all of them. */
function middle<Run extends Pick<Figure, 'scores'>>(runs: Run[]): Run {
  return runs.toSorted((a, b) => a.scores.performance - b.scores.performance)[Math.floor(runs.length / 2)]!;
}

test('sign-in, drive and share page', async ({ page, context, server, token, account }) => {
  test.setTimeout(600_000);
  const api = new Api(server, token);
  for (let number = 1; number <= 60; number += 1) await api.put(`paper ${number}.pdf`, `content of paper ${number}`);
  await enter(page, account);
  const nodes = (await api.root()).slice(0, 3).map(({ id }) => id);
  const { link } = await share(page, nodes);
  const cookies = await context.cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const pages = [
    { name: 'sign-in', url: `${server.url}/login`, headers: {} },
    { name: 'drive', url: `${server.url}/`, headers: { Cookie: cookie } },
    { name: 'share page', url: link, headers: {} },
  ];

  const port = await freePort();
  const flags = config.projects![0]!.use!.launchOptions!.args!;
  const browser = await browsers.launch({ executablePath: chromium(), args: [...flags, `--remote-debugging-port=${port}`] });
  const figures: Figure[] = [];
  try {
    for (const { name, url, headers } of pages) {
      for (const device of ['phone', 'desktop'] as const) {
        const runs: Pick<Figure, 'scores' | 'findings'>[] = [];
        for (let run = 0; run < RUNS; run += 1) {
          const options = { port, onlyCategories: [...CATEGORIES], extraHeaders: headers, logLevel: 'error' as const };
          let result: RunnerResult | undefined;
          for (let attempt = 1; attempt <= TRIES && (!result || result.lhr.runtimeError?.code === 'NO_NAVSTART'); attempt += 1) {
            result = await lighthouse(url, options, device === 'desktop' ? desktopConfig : undefined);
          }
          expect(result?.lhr.runtimeError, name).toBeUndefined();
          expect(result?.lhr.finalDisplayedUrl, 'it is the page that was meant').toBe(url);
          runs.push(read(result!));
        }
        figures.push({ page: name, device, ...middle(runs) });
      }
    }
  } finally {
    await browser.close();
  }
  const path = process.env['HAYLOFT_TEST_LIGHTHOUSE'];
  if (path) await writeFile(path, JSON.stringify(figures, null, 2));
  for (const { page: of, device, scores, findings } of figures) console.log(of, device, JSON.stringify(scores), findings.join(' | '));
});
