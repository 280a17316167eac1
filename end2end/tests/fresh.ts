import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, type Page } from '@playwright/test';
import { test as base } from './demo';

const binary = process.env.E2E_BINARY ?? '../target/release/countersign';

/** A server with nobody and nothing in it, and a made-up IT Glue to connect it to. */
export interface Fresh {
  address: string;
  setupCode: string;
  simulator: string;
  apiKey: string;
}

/** Somebody who signs in. */
export interface Person {
  name: string;
  email: string;
  password: string;
  /** The seed of the code app, once there is one. */
  seed?: string;
}

export const ALEX: Person = {
  name: 'Alex Morgan',
  email: 'alex@example.com',
  password: 'four small otters swim',
};

interface Options {
  /** Who has to have a second factor. */
  secondFactor: 'deciders' | 'administrators' | 'off';
}

/** Tests that begin with an empty server of their own. */
export const test = base.extend<Options & { fresh: Fresh }>({
  secondFactor: ['off', { option: true }],

  fresh: async ({ secondFactor }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-fresh-'));
    const port = await freePort();
    const simulator = start(['simulate-itglue', '--listen', '127.0.0.1:0', '--json'], {});
    const { address, api_key: apiKey } = JSON.parse(await lineOf(simulator, 'stdout', /address/)) as {
      address: string;
      api_key: string;
    };
    const server = start(['serve', '--data-dir', folder], {
      COUNTERSIGN_LISTEN: `127.0.0.1:${port}`,
      COUNTERSIGN_ALLOW_BASE_URL: '1',
      COUNTERSIGN_HOLD_SECONDS: '1',
      COUNTERSIGN_LOG: 'warn',
      COUNTERSIGN_SECOND_FACTOR: secondFactor,
    });
    const offer = await lineOf(server, 'stderr', /give this code/);
    const setupCode = /: (\S+)$/.exec(offer.trim())?.[1] ?? '';
    await use({ address: `http://127.0.0.1:${port}`, setupCode, simulator: address, apiKey });
    await Promise.all([stop(server), stop(simulator)]);
    rmSync(folder, { recursive: true, force: true });
  },

  baseURL: async ({ fresh }, use) => {
    await use(fresh.address);
  },
});

export { expect };

/** Makes the first administrator and stands wherever that leads. */
export async function found(page: Page, fresh: Fresh, person: Person): Promise<void> {
  await page.goto('/setup');
  await page.getByLabel('Set-up code').fill(fresh.setupCode);
  await page.getByLabel('Your name').fill(person.name);
  await page.getByLabel('Your e-mail').fill(person.email);
  await page.getByLabel('Your password').fill(person.password);
  await page.getByRole('button', { name: 'Make the administrator' }).click();
}

/** Sets up the second factor that a page shows, stores the codes, and goes on. */
export async function enrol(page: Page, person: Person): Promise<string[]> {
  const seed = await page.getByLabel('Seed', { exact: true }).innerText();
  person.seed = seed.replaceAll(' ', '');
  await page.getByLabel('The code that the app shows now').fill(code(person.seed));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Recovery codes' })).toBeVisible();
  const codes = (await page.getByLabel('Codes', { exact: true }).innerText()).trim().split('\n');
  await page.getByLabel('I have stored them').check();
  await page.getByRole('button', { name: 'Go on' }).click();
  return codes;
}

/** Gives e-mail and password, and stands wherever that leads. */
export async function givePassword(page: Page, person: Person): Promise<void> {
  await page.goto('/signin');
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The code of an app with this seed, so many steps of 30 seconds from now. */
export function code(seed: string, steps = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac('sha1', base32(seed)).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 0xf;
  return String((hash.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

function base32(text: string): Buffer {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

function start(args: string[], env: Record<string, string>): ChildProcess {
  return spawn(binary, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The first line that fits; the stream is read on, so that nothing waits for a reader. */
async function lineOf(child: ChildProcess, stream: 'stdout' | 'stderr', fits: RegExp): Promise<string> {
  const source = child[stream];
  if (!source) throw new Error('the stream is not piped');
  const seen: string[] = [];
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`it ended: ${seen.join('\n')}`)));
    createInterface(source).on('line', (line) => {
      seen.push(line);
      if (fits.test(line)) resolve(line);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
