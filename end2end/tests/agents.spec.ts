import { awake, expect, fitsNarrow, isAccessible, signIn, test, unique } from './demo';
import { asks, makesAgent, makesToken, proves } from './upkeep';

test('an agent is made, asks, is paused, goes on and loses its token', async ({
  faultless: page,
  demo,
  request,
}, info) => {
  test.slow();
  const name = unique('bot');
  await signIn(page, demo.administrator);
  await makesAgent(page, demo, name);
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  const token = await makesToken(page, demo);
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  await expect(page.locator('#curl')).toContainText(`Bearer ${token}`);

  await page.reload();
  await expect(page.getByText('A token is shown one time')).toBeVisible();
  expect(await page.content()).not.toContain(token);
  await page.getByRole('link', { name: 'I have stored it' }).click();
  await expect(page.getByText('It was never seen')).toBeVisible();
  expect(await page.content()).not.toContain(token);

  expect(await asks(request, token)).toBe(200);
  await page.reload();
  await expect(page.locator('.heading').getByText('active')).toBeVisible();
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);

  await page.getByLabel('Reason').fill('It loops');
  await page.getByRole('button', { name: 'Pause the agent now' }).click();
  await expect(page.getByText('The agent is paused')).toBeVisible();
  await expect(page.getByText('It loops')).toBeVisible();
  expect(await asks(request, token)).toBe(403);
  await proves(page, demo.administrator);
  await page.getByRole('button', { name: 'Resume the agent' }).click();
  await expect(page.getByText('The agent may go on')).toBeVisible();
  expect(await asks(request, token)).toBe(200);

  await page.getByRole('link', { name: /^Revoke… token/ }).click();
  await expect(page.getByText('No proposal of the agent waits.')).toBeVisible();
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  await page.getByRole('button', { name: 'Revoke the token' }).click();
  await expect(page.getByText('The token is revoked')).toBeVisible();
  expect(await asks(request, token)).toBe(401);
  await expect(page.locator('.heading').getByText('no token')).toBeVisible();
});

test('a token is rotated with an overlap, and without', async ({ faultless: page, demo, request }) => {
  test.slow();
  await signIn(page, demo.administrator);
  await makesAgent(page, demo, unique('rotor'));
  const first = await makesToken(page, demo);
  await page.getByRole('link', { name: 'I have stored it' }).click();
  const rotate = async (hours: string) => {
    await page.getByRole('link', { name: /^Rotate… token/ }).first().click();
    await page.getByLabel('Hours the old one goes on').fill(hours);
    await page.getByRole('button', { name: 'Make the new token' }).click();
    const token = (await page.locator('#token').innerText()).trim();
    await page.getByRole('link', { name: 'I have stored it' }).click();
    return token;
  };
  const second = await rotate('2');
  expect([await asks(request, first), await asks(request, second)]).toEqual([200, 200]);
  const third = await rotate('0');
  expect([await asks(request, second), await asks(request, third)]).toEqual([401, 200]);
});

test('what is refused is explained beside its field, and the rest is kept', async ({
  faultless: page,
  demo,
}, info) => {
  const name = unique('picky');
  await signIn(page, demo.administrator);
  await page.goto('/agents/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Only those listed below').check();
  await page.getByLabel(/^Ids of the organizations/).fill('2, acme');
  await proves(page, demo.administrator);
  await page.getByRole('button', { name: 'Make the agent' }).click();
  await expect(page.locator('#organizations-error')).toContainText('acme');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(name);
  await expect(page.getByLabel('Only those listed below')).toBeChecked();
  await expect(page.getByLabel(/^Ids of the organizations/)).toHaveValue('2, acme');
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  await page.getByLabel(/^Ids of the organizations/).fill('2');
  await proves(page, demo.administrator);
  await page.getByRole('button', { name: 'Make the agent' }).click();
  await page.getByLabel(/^May come from/).fill('203.0.113.7/24');
  await page.getByRole('button', { name: 'Make the token' }).click();
  await expect(page.locator('#addresses-error')).toContainText('203.0.113.0/24');
  await expect(page.getByLabel(/^May come from/)).toHaveValue('203.0.113.7/24');
});

test('a token works only from where it may come', async ({ faultless: page, demo, request }) => {
  await signIn(page, demo.administrator);
  await makesAgent(page, demo, unique('far'));
  await page.getByLabel(/^May come from/).fill('203.0.113.0/24');
  const token = await makesToken(page, demo);
  expect(await asks(request, token)).toBe(401);
});

test('an agent is changed and removed', async ({ faultless: page, demo }) => {
  const name = unique('brief');
  await signIn(page, demo.administrator);
  await makesAgent(page, demo, name);
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('link', { name: 'Change it…' }).click();
  await page.getByLabel('Only those listed below').check();
  await page.getByLabel(/^Ids of the organizations/).fill('2, 3');
  await page.getByRole('button', { name: 'Save the changes' }).click();
  await expect(page.getByText('The agent is changed')).toBeVisible();
  await expect(page.getByText('only 2')).toBeVisible();
  await page.getByRole('link', { name: 'Remove the agent…' }).click();
  await page.getByRole('button', { name: 'Remove the agent' }).click();
  await expect(page.getByText('The agent is removed')).toBeVisible();
  await expect(page.getByRole('link', { name, exact: true })).toHaveCount(0);
});

test('the agents fit and are accessible', async ({ faultless: page, demo }, info) => {
  await signIn(page, demo.administrator);
  for (const path of ['/agents', '/agents/triage-bot']) {
    await page.goto(path);
    await fitsNarrow(page);
    if (info.project.name === 'script') {
      await awake(page);
      await isAccessible(page);
    }
  }
  await expect(page.getByRole('heading', { name: 'Proposed last' })).toBeVisible();
});

test('an agent is stopped by keyboard alone', async ({ faultless: page, demo, request }, info) => {
  test.skip(info.project.name === 'plain', 'once is enough');
  await signIn(page, demo.administrator);
  await makesAgent(page, demo, unique('keys'));
  const token = await makesToken(page, demo);
  await awake(page);
  await page.getByRole('link', { name: 'I have stored it' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('It was never seen')).toBeVisible();
  await page.getByLabel('Reason').focus();
  await page.keyboard.type('Stop');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Pause the agent now' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText('The agent is paused')).toBeVisible();
  expect(await asks(request, token)).toBe(403);
});

test('a button copies the token', async ({ page, demo, context }, info) => {
  test.skip(info.project.name === 'plain', 'without script the text is selected by hand');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await signIn(page, demo.administrator);
  await makesAgent(page, demo, unique('copy'));
  const token = await makesToken(page, demo);
  await page.getByRole('button', { name: /^Copy/ }).first().click();
  await expect(page.getByText('Copied').first()).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);
});
