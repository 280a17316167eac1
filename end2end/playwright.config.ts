import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

const listen = process.env.E2E_LISTEN ?? '127.0.0.1:3917';
const binary = process.env.E2E_BINARY ?? '../target/release/countersign';

// This file is read by each worker too; the data folder has to be made once.
process.env.E2E_DATA ??= mkdtempSync(join(tmpdir(), 'countersign-e2e-'));

export default defineConfig({
  testDir: './tests',
  outputDir: './test-results',
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  workers: 2,
  // The longest journeys look at a page in both themes and at three widths, on two cores.
  timeout: 60_000,
  reporter: [['list'], ['./closing-line.ts']],
  use: {
    baseURL: `http://${listen}`,
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'script', use: { javaScriptEnabled: true } },
    { name: 'plain', use: { javaScriptEnabled: false } },
  ],
  webServer: {
    command: `exec ${binary} serve --demo --json --data-dir ${process.env.E2E_DATA} > ${process.env.E2E_DATA}/demo.json`,
    url: `http://${listen}/robots.txt`,
    // A short hold: critical approvals can be undone for three times as long.
    env: { COUNTERSIGN_LISTEN: listen, COUNTERSIGN_HOLD_SECONDS: '3', COUNTERSIGN_LOG: 'warn' },
    reuseExistingServer: false,
    timeout: 30_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
  },
});
