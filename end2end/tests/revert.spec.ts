import {
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

// One after the other: they change the same record.
test.describe.configure({ mode: 'default' });

function retitling(agent: Agent, target: number, title: string): Promise<Proposal> {
  return agent.proposes({
    method: 'PATCH',
    path: `/contacts/${target}`,
    body: { data: { type: 'contacts', attributes: { title } } },
    summary: 'Record the new title',
  });
}

test('how well it can be undone is said first, and what was applied is taken back', async ({
  faultless: page,
  demo,
  agent,
  request,
}, info) => {
  test.slow();
  const target = await contact(request, demo, 'revert', info.project.name);
  const proposal = await retitling(agent, target, unique('Wrong title'));
  await signIn(page, demo.technician);
  await page.goto(`/p/${proposal.number}`);
  await expect(page.getByRole('heading', { name: 'Undo afterwards: exact' })).toBeVisible();
  await page.getByRole('link', { name: /^Approve / }).click();
  await expect(page.getByRole('heading', { name: 'Undo afterwards: exact' })).toBeVisible();
  await page.getByRole('button', { name: /^Approve / }).click();
  await agent.waitsFor(proposal, 'applied');

  await page.goto(`/p/${proposal.number}`);
  await page.getByRole('link', { name: 'Revert…' }).click();
  await expect(page).toHaveURL(new RegExp(`/p/${proposal.number}/revert$`));
  await expect(page.getByText('This writes nothing')).toBeVisible();
  await expect(page.locator('tbody tr').first()).toContainText('Wrong title');
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  await page.getByLabel('Reason').fill('It was the wrong person');
  await page.getByRole('button', { name: 'Propose the revert' }).click();

  await expect(page).toHaveURL(/\/p\/\d+\?done=revert-proposed$/);
  await expect(page.getByText('The revert is proposed')).toBeVisible();
  const number = Number(/\/p\/(\d+)/.exec(page.url())?.[1]);
  expect(number).toBeGreaterThan(proposal.number);
  await expect(page.locator('.facts')).toContainText(`#${proposal.number}`);
  await expect(page.getByText('It was the wrong person')).toBeVisible();

  await page.goto(`/p/${proposal.number}`);
  await expect(page.getByRole('link', { name: `#${number}` })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Revert…' })).toHaveCount(0);

  await page.goto(`/p/${number}/approve`);
  await page.getByRole('button', { name: /^Approve / }).click();
  await expect(page).toHaveURL(new RegExp(`/p/${number}\\?done=approved$`));
  await expect(async () => {
    await page.goto(`/p/${number}`);
    await expect(page.getByText('Written, read back and verified')).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 25_000 });

  await page.goto(`/p/${proposal.number}/revert`);
  await expect(page.getByText('There is nothing to propose')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Propose the revert' })).toHaveCount(0);
});
