import { awake, contact, expect, signIn, test, unique } from './demo';

test.skip(({ javaScriptEnabled }) => !javaScriptEnabled, 'single keys are the script’s');

test('a proposal is found, opened and rejected by keyboard alone', async ({ faultless: page, demo, agent, request }, info) => {
  const proposal = await agent.proposes({
    method: 'PATCH',
    path: `/contacts/${await contact(request, demo, 'keyboard', info.project.name)}`,
    body: { data: { type: 'contacts', attributes: { title: unique('Office manager') } } },
    summary: 'Record the new title',
  });
  await signIn(page, demo.technician);
  await awake(page);
  const rows = page.locator('.js-row');
  const count = await rows.count();
  for (let step = 0; step < count; step += 1) {
    await page.keyboard.press('j');
    const href = await page.evaluate(() => document.activeElement?.getAttribute('href'));
    if (href === `/p/${proposal.number}`) break;
  }
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/p/${proposal.number}$`));

  await awake(page);
  await page.keyboard.press('n');
  await expect(page.locator('tr.js-field').first()).toBeFocused();
  await page.keyboard.press('a');
  await expect(page.getByRole('link', { name: /^Approve / })).toBeFocused();
  await page.keyboard.press('r');
  await expect(page.getByRole('link', { name: 'Reject…' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/reject$/);

  await awake(page);
  await page.getByLabel('Reason').focus();
  await page.keyboard.type('jk are letters here');
  await expect(page.getByLabel('Reason')).toHaveValue('jk are letters here');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Reject the proposal' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\?done=rejected$/);
});

test('no single key decides, and they can be switched off', async ({ page, demo, agent, request }, info) => {
  const proposal = await agent.proposes({
    method: 'PATCH',
    path: `/contacts/${await contact(request, demo, 'keyboard', info.project.name)}`,
    body: { data: { type: 'contacts', attributes: { title: unique('Clerk') } } },
    summary: 'Record the new title',
  });
  await signIn(page, demo.technician);
  await page.goto(`/p/${proposal.number}/approve`);
  await awake(page);
  for (const key of ['a', 'r', 'z', 'j', 'n', '?', 'x']) await page.keyboard.press(key);
  await expect(page).toHaveURL(/\/approve$/);
  expect((await agent.reads(proposal)).status).toBe('pending');

  await page.locator('.account > summary').click();
  await page.getByRole('group', { name: 'Single-key shortcuts' }).getByLabel('Off').check();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.locator('.keys')).toHaveCount(0);
});

test('the first stop skips to the content, the second to the decision', async ({ page, demo, agent, request }, info) => {
  const proposal = await agent.proposes({
    method: 'PATCH',
    path: `/contacts/${await contact(request, demo, 'keyboard', info.project.name)}`,
    body: { data: { type: 'contacts', attributes: { title: unique('Trainee') } } },
    summary: 'Record the new title',
  });
  await signIn(page, demo.technician);
  await page.goto(`/p/${proposal.number}`);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.locator('#decision')).toBeFocused();
});
