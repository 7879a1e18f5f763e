// `cargo xtask bench lighthouse`: what Lighthouse says of the pages that most people see. HAYLOFT_TEST_LIGHTHOUSE is the file its
// figures go to. Not part of the tests: a figure on one machine is no test.

import config from './playwright.config';

export default {
  ...config,
  testDir: './lighthouse',
  projects: [{ name: 'lighthouse', use: config.projects![0]!.use! }],
};
