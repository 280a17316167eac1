// The package `node-itglue` as it comes from the registry, pointed at the gateway.
//
// It has two ways in: a company's own address with a bearer token, or the fixed addresses of IT Glue
// with an API key, whose `config.baseURL` can be set. Both are tried.

const assert = require('node:assert/strict');
const { before, describe, test } = require('node:test');
const ITGlue = require('node-itglue');

const { ADMINISTRATOR_TOKEN, COUNTERSIGN, SIMULATOR, TECHNICIAN_TOKEN } = process.env;
const GATEWAY = `${COUNTERSIGN}/itglue`;

/** One request to Countersign's REST. */
async function call(method, path, { token = TECHNICIAN_TOKEN, body, headers } = {}) {
  const answer = await fetch(`${COUNTERSIGN}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

/** What IT Glue really holds, by id. */
async function truth(kind) {
  const records = await (await fetch(`${SIMULATOR}/_control/records/${kind}`)).json();
  return new Map(records.map((record) => [String(record.id), record]));
}

/** A token of an agent of its own. */
async function agent(name) {
  const made = await call('POST', '/admin/agents', {
    token: ADMINISTRATOR_TOKEN,
    body: { name, profile: 'Documentation agents', connection: 'demo' },
  });
  const path = `/admin/agents/${made.id}/tokens`;
  return (await call('POST', path, { token: ADMINISTRATOR_TOKEN, body: {} })).token;
}

const proposals = async (token) => (await call('GET', '/proposals', { token })).items;

async function approve({ id }) {
  const { fingerprint } = await call('GET', `/review/proposals/${id}`);
  await call('POST', `/review/proposals/${id}/approve`, { body: { fingerprint, reason: 'Agreed' } });
}

/** The proposal, once it is carried out and read back. */
async function readBack(token, { id }) {
  for (let round = 0; round < 6; round += 1) {
    const headers = { prefer: 'wait=30' };
    const now = await call('GET', `/proposals/${id}`, { token, headers });
    if (now.outcome && now.outcome.verified !== null) return now;
  }
  throw new Error('it was not read back in time');
}

/** What the client rejects with: the answer, of which IT Glue's list of errors is told. */
async function refusal(status, work) {
  const answer = await work.then(
    () => assert.fail('it was not refused'),
    (error) => error,
  );
  assert.equal(answer.status, status, JSON.stringify(answer.data));
  return answer.data.errors[0].detail;
}

const WAYS = {
  'with a bearer token': (token) =>
    new ITGlue({ mode: 'user-bearer', companyUrl: GATEWAY, token }),
  'with an API key': (token) => {
    const client = new ITGlue({ mode: 'apikey', apikey: token });
    client.config.baseURL = GATEWAY;
    return client;
  },
};

Object.entries(WAYS).forEach(([way, connect], place) => {
  describe(way, () => {
    let token;
    let client;
    before(async () => {
      token = await agent(`node-itglue ${way}`);
      client = connect(token);
    });

    test('pages to the end by the links of the answers', async () => {
      const wanted = await truth('configurations');
      const found = [];
      let page = await client.get({ path: '/configurations', params: { 'page[size]': 20 } });
      for (;;) {
        found.push(...page.data.map((record) => record.id));
        if (!page.links.next) break;
        assert.ok(page.links.next.startsWith(`${GATEWAY}/`), page.links.next);
        page = await client.get({ path: page.links.next.slice(GATEWAY.length) });
      }
      assert.ok(wanted.size > 40, 'one page would prove nothing');
      assert.deepEqual(new Set(found), new Set(wanted.keys()));
      assert.equal(found.length, wanted.size);
    });

    test('filters, and is told of a filter that would do nothing', async () => {
      const contacts = await client.get({ path: '/contacts', params: { 'filter[organization_id]': 2 } });
      assert.ok(contacts.data.length > 0);
      assert.ok(contacts.data.every(({ attributes }) => attributes['organization-id'] === 2));
      await refusal(400, client.get({ path: '/contacts', params: { 'filter[shoe_size]': 44 } }));
    });

    test('an update is held, then applied', async () => {
      const before = await truth('contacts');
      // The last ones; each way has one of its own.
      const id = [...before.keys()]
        .filter((key) => before.get(key)['psa-integration'] !== 'enabled')
        .sort((one, other) => other - one)[place];
      const title = `Quality Manager ${place}`;
      const write = {
        path: `/contacts/${id}`,
        body: { data: { type: 'contacts', attributes: { title } } },
      };
      const detail = await refusal(409, client.patch(write));
      const [proposal] = await proposals(token);
      assert.ok(detail.includes(proposal.links.review), detail);
      await refusal(409, client.patch(write));
      assert.equal((await proposals(token)).length, 1);
      assert.deepEqual((await truth('contacts')).get(id), before.get(id));

      await approve(proposal);
      const { outcome } = await readBack(token, proposal);
      assert.equal(outcome.verified, true);
      assert.equal((await truth('contacts')).get(id).title, title);
    });

    test('a delete is refused', async () => {
      const { length } = await proposals(token);
      const detail = await refusal(403, client.delete({ path: '/contacts/501' }));
      assert.match(detail, /contacts\.delete_off/);
      assert.equal((await proposals(token)).length, length);
      assert.ok((await truth('contacts')).has('501'));
    });

    test('the value of a password is not seen', async () => {
      const kept = [...(await truth('passwords')).values()].map(({ password }) => password);
      assert.ok(kept.some(Boolean), 'nothing is hidden where nothing is kept');
      const list = await client.get({ path: '/passwords' });
      const one = await client.get({ path: `/passwords/${list.data[0].id}`, params: { show_password: false } });
      for (const answer of [...list.data, one.data]) assert.ok(!('password' in answer.attributes));
      const text = JSON.stringify([list, one]);
      for (const value of kept.filter(Boolean)) assert.ok(!text.includes(value));
      const detail = await refusal(
        409,
        client.get({ path: `/passwords/${one.data.id}`, params: { show_password: true } }),
      );
      assert.match(detail, /waits for a technician/);
    });
  });
});
