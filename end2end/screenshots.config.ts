// `npm run screenshots`: pictures of the running thing, for the README and for looking at one's own work.
// HAYLOFT_SCREENSHOTS is the folder they go to. Not part of the tests.

import config from './playwright.config';

export default {
  ...config,
  testDir: './screenshots',
  projects: [{ name: 'screenshots', use: config.projects![0]!.use! }],
};
