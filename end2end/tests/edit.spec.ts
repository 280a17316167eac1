import {
  awake,
  contact,
  expect,
  fitsNarrow,
  isAccessible,
  signIn,
  test,
  unique,
  type Agent,
  type Proposal,
} from './demo';

// One after the other: they write to the same contact.
test.describe.configure({ mode: 'default' });

function proposing(agent: Agent, target: number, title: string): Promise<Proposal> {
  return agent.proposes({
    method: 'PATCH',
    path: `/contacts/${target}`,
    body: { data: { type: 'contacts', attributes: { title, notes: unique('Asked for by phone') } } },
    summary: 'Record the new title',
    ticket: { id: unique('T-') },
  });
}

test('a field is changed, another left out, and what comes of it is approved', async ({
  faultless: page,
  demo,
  agent,
  request,
}, info) => {
  test.slow();
  const target = await contact(request, demo, 'edit', info.project.name);
  const proposal = await proposing(agent, target, 'IT Director');
  const title = unique('Head of IT');
  await signIn(page, demo.technician);
  await page.goto(`/p/${proposal.number}`);
  await page.getByRole('link', { name: 'Edit…' }).click();
  await expect(page.getByRole('heading', { name: 'What would be written' })).toBeVisible();
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);

  await page.getByRole('button', { name: 'Show what comes of it' }).click();
  await expect(page.getByText('You changed nothing.')).toBeVisible();

  const field = page.getByRole('group', { name: 'Title' });
  await field.getByRole('textbox').fill(title);
  await page.getByRole('group', { name: 'Notes' }).getByLabel('Leave it out').check();
  await page.getByRole('button', { name: 'Show what comes of it' }).click();

  await expect(page.getByRole('heading', { name: 'What you approve, with your changes' })).toBeVisible();
  await expect(page.getByRole('row', { name: /Title/ })).toContainText(title);
  await expect(page.locator('tbody tr[data-change="changed"]')).toHaveCount(1);
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);

  await page.getByRole('link', { name: 'Change more' }).click();
  await expect(field.getByRole('textbox')).toHaveValue(title);
  await expect(page.getByRole('group', { name: 'Notes' }).getByLabel('Leave it out')).toBeChecked();
  await page.getByRole('button', { name: 'Show what comes of it' }).click();
  await page.getByLabel(/^Reason/).fill('The caller said so');
  await page.getByRole('button', { name: /with your changes$/ }).click();

  await expect(page).toHaveURL(new RegExp(`/p/${proposal.number}\\?done=approved$`));
  const ended = await agent.waitsFor(proposal, 'applied');
  expect(ended.decision?.verdict).toBe('approved_with_edits');
  const record = await request.get(`${demo.simulator}/_control/records/contacts/${target}`);
  const text = JSON.stringify(await record.json());
  expect(text).toContain(title);
  expect(text).not.toContain('Asked for by phone');
});

test('a proposal is sent back, revised, and compared', async ({
  faultless: page,
  demo,
  agent,
  request,
}, info) => {
  test.slow();
  const target = await contact(request, demo, 'edit', info.project.name);
  const proposal = await proposing(agent, target, 'Clerk');
  await signIn(page, demo.technician);
  await page.goto(`/p/${proposal.number}`);
  await page.getByRole('link', { name: 'Send back…' }).click();
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  await page.getByLabel('Reason').fill('Which office?');
  await page.getByRole('button', { name: 'Send the proposal back' }).click();
  await expect(page).toHaveURL(/\?done=sent-back$/);
  const told = await agent.reads(proposal);
  expect(told.status).toBe('sent_back');
  expect(told.decision?.reason).toBe('Which office?');

  const title = unique('Clerk, Dallas');
  const revised = await request.put(`/api/v1/proposals/${proposal.id}`, {
    headers: { authorization: `Bearer ${demo.agent.token}` },
    data: {
      method: 'PATCH',
      path: `/contacts/${target}`,
      body: { data: { type: 'contacts', attributes: { title } } },
      summary: 'Record the new title, with the office',
    },
  });
  expect(revised.status(), await revised.text()).toBe(200);
  await page.goto(`/p/${proposal.number}`);
  await expect(page.getByText('Revision 2', { exact: true })).toBeVisible();
  await expect(page.locator('.revision')).toContainText('Which office?');
  const compared = page.getByRole('table', { name: 'From revision 1 to 2' });
  await expect(compared.getByRole('row', { name: /Title/ })).toContainText(title);
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  await page.goto(`/p/${proposal.number}/reject`);
  await page.getByLabel('Reason').fill('Enough');
  await page.getByRole('button', { name: 'Reject the proposal' }).click();
});

test('a claim and a comment are seen by colleagues', async ({
  faultless: page,
  demo,
  agent,
  request,
  browser,
}, info) => {
  test.slow();
  const target = await contact(request, demo, 'edit', info.project.name);
  const proposal = await proposing(agent, target, 'Trainee');
  await signIn(page, demo.technician);
  await page.goto(`/queue?text=${encodeURIComponent('new title')}`);
  await page.getByRole('button', { name: `Claim #${proposal.number}` }).click();
  await expect(page).toHaveURL(/\/queue\?/);
  await expect(page.getByRole('button', { name: `Release #${proposal.number}` })).toBeVisible();
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);

  await page.goto(`/p/${proposal.number}`);
  if (info.project.name === 'script') {
    await awake(page);
    await page.keyboard.press('c');
    await expect(page.getByRole('button', { name: /^Release/ })).toBeFocused();
  }
  await page.getByRole('textbox', { name: 'Comment' }).fill('<b>Ask</b> Dana first');
  await page.getByRole('button', { name: 'Add the comment' }).click();
  await expect(page).toHaveURL(/\?done=commented$/);
  await expect(page.locator('.comment')).toContainText('<b>Ask</b> Dana first');

  const context = await browser.newContext({ javaScriptEnabled: info.project.name === 'script' });
  const colleague = await context.newPage();
  await signIn(colleague, demo.administrator);
  await colleague.goto(`/p/${proposal.number}`);
  await expect(colleague.locator('.claim')).toContainText('is on it');
  await expect(colleague.locator('.comment')).toContainText('Dana first');
  await colleague.goto(`/p/${proposal.number}/reject`);
  await colleague.getByLabel('Reason').fill('Not now');
  await colleague.getByRole('button', { name: 'Reject the proposal' }).click();
  await context.close();
  expect(JSON.stringify(await agent.reads(proposal))).not.toContain('Dana first');

  await page.goto('/history');
  await expect(page.getByRole('heading', { level: 1, name: 'History' })).toBeVisible();
  await page.getByLabel('Decision', { exact: true }).selectOption('rejected');
  await page.getByRole('button', { name: 'Look for it' }).click();
  await expect(page).toHaveURL(/verdict=rejected/);
  await expect(page.locator(`a[href="/p/${proposal.number}"]`)).toBeVisible();
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
});
