import type { Page } from '@playwright/test';
import { fitsNarrow, isAccessible } from './demo';
import { ALEX, code, enrol, expect, found, type Fresh, test } from './fresh';

test.use({ secondFactor: 'deciders' });

test('from nothing to the first decided proposal', async ({ faultless: page, fresh }, info) => {
  test.slow();
  const look = async () => {
    await fitsNarrow(page);
    if (info.project.name === 'script') await isAccessible(page);
  };
  const alex = { ...ALEX };
  await page.goto('/');
  await expect(page).toHaveURL(/\/setup$/);
  await look();
  await found(page, fresh, alex);

  await expect(page.getByRole('heading', { level: 1, name: 'Set up your second factor' })).toBeVisible();
  await expect(page.locator('[aria-current=step]')).toContainText('Second factor');
  await look();
  const codes = await enrol(page, alex);
  expect(codes).toHaveLength(10);

  await expect(page.getByRole('heading', { level: 1, name: 'Connect IT Glue' })).toBeVisible();
  await look();
  await page.getByLabel('Another base URL').fill(fresh.simulator);
  await page.getByLabel('API key').fill(fresh.apiKey);
  await page.getByRole('button', { name: 'Test the key' }).click();
  await expect(page.getByText('The key works')).toBeVisible();
  expect(page.url()).not.toContain(fresh.apiKey);
  expect(await page.content()).not.toContain(fresh.apiKey);
  await look();
  await page.getByRole('button', { name: 'Save the connection' }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Choose what agents may do' })).toBeVisible();
  await expect(page.getByLabel('Read only')).toBeChecked();
  await look();
  await page.getByLabel('Documentation').check();
  await page.getByRole('button', { name: 'Use this profile' }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Add an agent' })).toBeVisible();
  await look();
  await page.getByLabel('Name of the agent').fill('triage-bot');
  await page.getByRole('button', { name: 'Add the agent' }).click();
  const token = page.getByLabel('Token', { exact: true });
  await expect(token).toContainText('cs_agent_');
  expect(page.url()).not.toContain('cs_agent_');
  await look();
  await page.getByRole('link', { name: 'I have stored it: go on' }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Waiting for the first proposal' })).toBeVisible();
  const sample = page.getByRole('button', { name: 'Send a sample' });
  // The page looks again by itself, but not under a hand.
  await sample.focus();
  await look();
  await sample.click();
  await page.getByRole('link', { name: 'Look at it and decide' }).click();
  await page.getByRole('link', { name: /^Approve / }).click();
  await page.getByRole('button', { name: /^Approve / }).click();
  await expect(page.getByText('Your approval is recorded')).toBeVisible();

  await page.goto('/setup/first');
  await expect(page.getByRole('heading', { level: 1, name: 'Countersign is set up' })).toBeVisible();
  await look();
});

test('the token is shown one time', async ({ page, fresh }) => {
  await upToAgent(page, fresh);
  await page.getByLabel('Name of the agent').fill('once-bot');
  await page.getByRole('button', { name: 'Add the agent' }).click();
  await expect(page.getByLabel('Token', { exact: true })).toContainText('cs_agent_');
  await page.reload();
  await expect(page.getByLabel('Token', { exact: true })).toHaveCount(0);
  await expect(page.getByText('There is an agent')).toBeVisible();
});

test('the line for the shell proposes', async ({ page, fresh, request }) => {
  await upToAgent(page, fresh);
  await page.getByLabel('Name of the agent').fill('shell-bot');
  await page.getByRole('button', { name: 'Add the agent' }).click();
  const line = await page.locator('#curl').innerText();
  const body = /-d '(.*)'$/s.exec(line.trim())?.[1]?.replaceAll(String.raw`'\''`, "'");
  const token = /Bearer (\S+)'/.exec(line)?.[1];
  const answer = await request.post(`${fresh.address}/api/v1/proposals`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    data: body ?? '',
  });
  expect(answer.status(), await answer.text()).toBe(201);
  await page.goto('/setup/first');
  await expect(page.getByRole('heading', { level: 1, name: 'The first proposal is here' })).toBeVisible();
});

test('a wrong code is said beside it, and what was typed is kept', async ({ faultless: page, fresh }) => {
  await found(page, { ...fresh, setupCode: 'not-the-code' }, { ...ALEX, password: 'too short' });
  await expect(page.locator('#code-error')).toContainText('not the code');
  await expect(page.getByLabel('Your name')).toHaveValue(ALEX.name);
  await expect(page.getByLabel('Your e-mail')).toHaveValue(ALEX.email);
  await expect(page.getByLabel('Your password')).toHaveValue('');
  expect(page.url()).not.toContain('not-the-code');
  await page.reload();
  await expect(page.getByLabel('Your name')).toHaveValue(ALEX.name);
});

test('every reason against a password is said beside it', async ({ page, fresh }) => {
  await found(page, fresh, { ...ALEX, password: 'alex' });
  await expect(page.locator('#password-error')).toContainText('shorter');
  await expect(page.getByLabel('Your password')).toHaveAttribute('aria-invalid', 'true');
});

test('afterwards there is no set-up', async ({ page, fresh, browser }) => {
  await found(page, fresh, { ...ALEX });
  const stranger = await browser.newPage();
  const response = await stranger.goto(`${fresh.address}/setup`);
  expect(response?.status()).toBe(404);
  await stranger.close();
});

test('a key that does not work is told by its cause', async ({ page, fresh }) => {
  const alex = { ...ALEX };
  await found(page, fresh, alex);
  await enrol(page, alex);
  await page.getByLabel('Another base URL').fill(fresh.simulator);
  await page.getByLabel('API key').fill('ITG.0123456789abcdef0123456789abcdef.not-a-real-one');
  await page.getByRole('button', { name: 'Test the key' }).click();
  await expect(page.getByText('The key was tried and does not work')).toBeVisible();
  await expect(page.getByLabel('Another base URL')).toHaveValue(fresh.simulator);
});

test('each step can be left for later and come back to', async ({ page, fresh }) => {
  const alex = { ...ALEX };
  await found(page, fresh, alex);
  await enrol(page, alex);
  await page.getByRole('link', { name: 'leave the set-up' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Queue' })).toBeVisible();
  await page.getByRole('link', { name: 'Go on with the set-up' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Connect IT Glue' })).toBeVisible();
});

test('the whole of it by keyboard alone', async ({ page, fresh }, info) => {
  test.skip(info.project.name === 'plain', 'the same forms');
  test.slow();
  const alex = { ...ALEX };
  await page.goto('/setup');
  await expect(page.getByLabel('Set-up code')).toBeFocused();
  for (const text of [fresh.setupCode, alex.name, alex.email, alex.password]) {
    await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  const seed = (await page.getByLabel('Seed', { exact: true }).innerText()).replaceAll(' ', '');
  await tabTo(page, 'The code that the app shows now');
  await page.keyboard.type(code(seed));
  await page.keyboard.press('Enter');
  await tabTo(page, 'I have stored them');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Connect IT Glue' })).toBeVisible();
  await tabTo(page, 'Another base URL');
  await page.keyboard.type(fresh.simulator);
  await tabTo(page, 'API key');
  await page.keyboard.type(fresh.apiKey);
  await page.keyboard.press('Enter');
  await tabTo(page, 'Save the connection');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Choose what agents may do' })).toBeVisible();
  await tabTo(page, 'Read only');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Add an agent' })).toBeVisible();
  await tabTo(page, 'Name of the agent');
  await page.keyboard.type('keyboard-bot');
  await page.keyboard.press('Enter');
  await tabTo(page, 'I have stored it: go on');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Send a sample');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Look at it and decide');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/p\/1$/);
});

async function upToAgent(page: Page, fresh: Fresh): Promise<void> {
  const alex = { ...ALEX };
  await found(page, fresh, alex);
  await enrol(page, alex);
  await page.getByLabel('Another base URL').fill(fresh.simulator);
  await page.getByLabel('API key').fill(fresh.apiKey);
  await page.getByRole('button', { name: 'Test the key' }).click();
  await page.getByRole('button', { name: 'Save the connection' }).click();
  await page.getByLabel('Documentation').check();
  await page.getByRole('button', { name: 'Use this profile' }).click();
}

/** Presses Tab until the control of this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  // The page that was asked for before has to be here, or the focus is looked for in the one that goes.
  await page.getByText(name).first().waitFor();
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      // Nothing has the focus yet: the page has just come.
      if (!element || element === document.body) return '';
      const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
      return [...labels, element].map((one) => one.textContent ?? '').join(' ');
    });
    if (at.includes(name)) return;
  }
  throw new Error(`no way by Tab to ${name}`);
}
