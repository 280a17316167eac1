import {
  contact,
  editInItGlue,
  expect,
  fitsNarrow,
  isAccessible,
  signIn,
  test,
  unique,
  type Agent,
  type Proposal,
} from './demo';

// One after the other: they change the same records.
test.describe.configure({ mode: 'default' });

const traits = {
  name: 'Office 365',
  version: 'E3',
  category: 'Productivity',
  'application-server': [701],
  location: 'Headquarters',
  seats: 42,
  'business-critical': true,
  'renewal-date': '2027-03-31',
  'importance-notes': '<p>Mail and files of the whole company.</p>',
  // What another kind of asset held.
  type: null,
  domain: null,
  administrators: null,
  'webmail-url': null,
  notes: null,
};

/** Each project has an asset of its own. */
const assetOf = (project: string) => (project === 'plain' ? 125 : 123);

/** Sets three traits, and by leaving out the others erases them. */
function erasing(agent: Agent, asset: number): Promise<Proposal> {
  return agent.proposes({
    method: 'PATCH',
    path: `/flexible_assets/${asset}`,
    body: {
      data: {
        type: 'flexible-assets',
        attributes: { traits: { name: 'Office 365', category: 'Security', version: unique('E5') } },
      },
    },
    summary: 'Record the new licence',
    reason: 'The ticket asks for it',
    ticket: { id: 'T-8812', url: 'https://psa.example/T-8812' },
  });
}

function retitling(agent: Agent, target: number): Promise<Proposal> {
  return agent.proposes({
    method: 'PATCH',
    path: `/contacts/${target}`,
    body: { data: { type: 'contacts', attributes: { title: unique('IT Director') } } },
    summary: 'Record the new title',
  });
}

test.describe('the wipe guard', () => {
  test.beforeEach(async ({ request, demo }, info) => {
    const asset = assetOf(info.project.name);
    await editInItGlue(request, demo, `flexible_assets/${asset}`, {
      'flexible-asset-type-id': 21,
      traits,
    });
  });

  test('erased fields are read first, one is kept, the rest is written', async ({
    faultless: page,
    demo,
    agent,
    request,
  }, info) => {
    test.slow();
    const asset = assetOf(info.project.name);
    const proposal = await erasing(agent, asset);
    await signIn(page, demo.technician);
    await page.locator(`a[href="/p/${proposal.number}"]`).click();

    const warning = page.locator('.warning').first();
    await expect(warning).toHaveAttribute('data-code', 'erases_traits');
    await expect(warning).toContainText('Location');
    await expect(page.locator('tbody tr').first()).toHaveAttribute('data-change', 'erased');
    await fitsNarrow(page);
    if (info.project.name === 'script') await isAccessible(page);

    await page.getByRole('link', { name: /^Approve / }).click();
    await expect(page.getByRole('heading', { name: 'What you approve' })).toBeVisible();
    await fitsNarrow(page);
    if (info.project.name === 'script') await isAccessible(page);
    await page.getByRole('checkbox', { name: 'Keep: Location' }).check();
    for (const seen of await page.getByRole('checkbox', { name: /^Seen/ }).all()) await seen.check();
    await page.getByLabel(/^Type /).fill('another client');
    await page.getByLabel('Reason').fill('Asked the caller');
    await page.getByLabel('Your password').fill(demo.technician.password);
    await page.getByRole('button', { name: /^Approve / }).click();

    await expect(page.getByRole('alert')).toContainText('The name you typed is another one');
    await expect(page.getByLabel('Reason')).toHaveValue('Asked the caller');
    await expect(page.getByRole('checkbox', { name: 'Keep: Location' })).toBeChecked();
    expect(page.url()).not.toContain(demo.technician.password);
    for (const seen of await page.getByRole('checkbox', { name: /^Seen/ }).all()) await seen.check();
    const asked = await page.locator('label[for=name] strong').innerText();
    await page.getByLabel(/^Type /).fill(asked.toUpperCase());
    await page.getByLabel('Your password').fill(demo.technician.password);
    await page.getByRole('button', { name: /^Approve / }).click();

    await expect(page).toHaveURL(new RegExp(`/p/${proposal.number}\\?done=approved$`));
    await expect(page.getByText('Your approval is recorded')).toBeVisible();
    const ended = await agent.waitsFor(proposal, 'applied');
    expect(ended.decision?.verdict).toBe('approved_with_edits');
    await expect.poll(async () => (await agent.reads(proposal)).outcome?.verified).toBe(true);
    await page.goto(`/p/${proposal.number}`);
    await expect(page.getByText('Written, read back and verified')).toBeVisible();

    const record = await request.get(`${demo.simulator}/_control/records/flexible_assets/${asset}`);
    const text = JSON.stringify(await record.json());
    expect(text).toContain('Headquarters');
    expect(text).not.toContain('whole company');
  });

  test('an approval can be undone while it is held', async ({ faultless: page, demo, agent }, info) => {
    const proposal = await erasing(agent, assetOf(info.project.name));
    await signIn(page, demo.technician);
    await page.goto(`/p/${proposal.number}/approve`);
    for (const box of await page.getByRole('checkbox').all()) await box.check();
    await page.getByLabel(/^Type /).fill(await page.locator('label[for=name] strong').innerText());
    await page.getByLabel('Reason').fill('Too fast');
    await page.getByLabel('Your password').fill(demo.technician.password);
    await page.getByRole('button', { name: /^Approve / }).click();
    await page.getByRole('button', { name: 'Undo the approval' }).click();

    await expect(page).toHaveURL(/\?done=undone$/);
    await expect(page.getByText('The approval was taken back')).toBeVisible();
    expect((await agent.reads(proposal)).status).toBe('pending');
    await page.goto(`/p/${proposal.number}/reject`);
    await page.getByLabel('Reason').fill('Not after all');
    await page.getByRole('button', { name: 'Reject the proposal' }).click();
    await expect(page.getByText('Rejected: nothing was changed')).toBeVisible();
  });
});

test('the agent reads why it was rejected', async ({ faultless: page, demo, agent, request }, info) => {
  const target = await contact(request, demo, 'decide', info.project.name);
  const proposal = await retitling(agent, target);
  await signIn(page, demo.technician);
  await page.goto(`/p/${proposal.number}`);
  await page.getByRole('link', { name: 'Reject…' }).click();
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  await page.getByLabel('Reason').fill('Dana is still the manager');
  await page.getByRole('button', { name: 'Reject the proposal' }).click();

  await expect(page).toHaveURL(/\?done=rejected$/);
  const read = await agent.reads(proposal);
  expect(read.status).toBe('rejected');
  expect(read.decision?.reason).toBe('Dana is still the manager');
});

test('a routine change takes one button', async ({ faultless: page, demo, agent, request }, info) => {
  test.slow();
  const target = await contact(request, demo, 'decide', info.project.name);
  const proposal = await retitling(agent, target);
  await signIn(page, demo.technician);
  await page.goto(`/p/${proposal.number}/approve`);
  await page.getByRole('button', { name: /^Approve / }).click();
  await expect(page).toHaveURL(/\?done=approved$/);
  if (info.project.name === 'script') await isAccessible(page);
  await agent.waitsFor(proposal, 'applied');
});

test('what moved since it was shown is not approved', async ({ page, demo, agent, request }, info) => {
  const target = await contact(request, demo, 'decide', info.project.name);
  const proposal = await retitling(agent, target);
  await signIn(page, demo.technician);
  await page.goto(`/p/${proposal.number}/approve`);
  await editInItGlue(request, demo, `contacts/${target}`, { title: unique('Head of IT') });
  await page.getByRole('button', { name: /^Approve / }).click();

  await expect(page.getByRole('alert')).toContainText('It changed since it was shown to you');
  expect((await agent.reads(proposal)).status).toBe('pending');
  await page.goto(`/p/${proposal.number}/reject`);
  await page.getByLabel('Reason').fill('It moved');
  await page.getByRole('button', { name: 'Reject the proposal' }).click();
});
