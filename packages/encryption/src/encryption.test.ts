import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  createEventId,
  decodeEnvelope,
  encodeEnvelope,
  encodePlainPayload,
  envelopeBytes,
  parseProjectId,
  parseProjectPath,
  parseTenantId,
  type Payload,
} from '@swarmledger/protocol';
import { Secret } from '@swarmledger/runtime';
import { seal } from './aes.ts';
import { createDataKeys, dataKeysToJson, parseDataKeys, type DataKey } from './data-keys.ts';
import { createKeyWrapper, createMasterKey } from './key-wrapper.ts';
import { openPayload, sealPayload } from './payload-cipher.ts';

const place = { tenant: parseTenantId('acme'), project: parseProjectId('web'), eventId: createEventId() };
const signal: Payload = { kind: 'system_signal', signal: 'note', severity: 'INFO', message: 'secret', data: '{"a":1}' };

function createKey(createdAtMs = 1_700_000_000_000): DataKey {
  return { id: randomUUID(), key: randomBytes(32), createdAtMs };
}

test('a payload comes back from its envelope, whatever it is', () => {
  const key = createKey();
  const keys = createDataKeys([createKey(), key]);
  const text = fc.string({ unit: 'grapheme', maxLength: 2_000 });
  const payloads = fc.oneof(
    fc
      .tuple(text, text, fc.array(text, { maxLength: 3 }), fc.nat())
      .map(([title, rationale, alternatives, inputTokens]): Payload => ({
        kind: 'decision',
        title,
        rationale,
        alternatives,
        model: 'm',
        inputTokens,
        outputTokens: 0,
        costUsd: 0.25,
      })),
    fc.constant(signal),
    fc.uint8Array({ maxLength: 5_000 }).map((content): Payload => ({
      kind: 'state_change',
      path: parseProjectPath('src/a.ts'),
      action: 'CREATE',
      body: { kind: 'content', content: Buffer.from(content) },
      mode: 0o100644,
      contentBytes: 0,
    })),
  );
  fc.assert(
    fc.property(payloads, (payload) => {
      const sealed = sealPayload(key, place, payload);
      assert.equal(sealed.bytes.length, encodePlainPayload(payload).length + envelopeBytes);
      assert.deepEqual(encodePlainPayload(openPayload(keys, place, sealed)), encodePlainPayload(payload));
    }),
    { numRuns: 100 },
  );
});

test('a ciphertext opens for its own event, project and tenant, and for no other', () => {
  const key = createKey();
  const keys = createDataKeys([key]);
  const sealed = sealPayload(key, place, signal);
  assert.deepEqual(openPayload(keys, place, sealed), signal);
  const elsewhere = [
    { ...place, tenant: parseTenantId('other') },
    { ...place, project: parseProjectId('api') },
    { ...place, eventId: createEventId() },
    { ...place, tenant: parseTenantId('acmeweb'), project: parseProjectId('w') },
  ];
  for (const other of elsewhere)
    assert.throws(() => openPayload(keys, other, sealed), { code: 'payload_not_authentic' });
});

test('whatever is changed of an envelope, it does not open', () => {
  const key = createKey();
  const keys = createDataKeys([key]);
  const { bytes } = sealPayload(key, place, signal);
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    assert.throws(() => openPayload(keys, place, { kind: 'encrypted', bytes: changed }), /./, `byte ${at}`);
  }
  for (const length of [0, 1, 28, envelopeBytes - 1])
    assert.throws(() => openPayload(keys, place, { kind: 'encrypted', bytes: bytes.subarray(0, length) }), {
      code: 'unknown_envelope',
    });
  for (const length of [envelopeBytes, bytes.length - 1])
    assert.throws(() => openPayload(keys, place, { kind: 'encrypted', bytes: bytes.subarray(0, length) }), {
      code: 'payload_not_authentic',
    });
});

test('an envelope names its key, and a reader without that key is told which one', () => {
  const key = createKey();
  const sealed = sealPayload(key, place, signal);
  assert.equal(decodeEnvelope(sealed.bytes)?.keyId, key.id);
  assert.throws(() => openPayload(createDataKeys([createKey()]), place, sealed), {
    code: 'unknown_data_key',
    message: new RegExp(key.id),
  });
});

test('what a key holder seals unchecked is checked when it is opened', () => {
  const key = createKey();
  const context = ['swarmledger.payload.v1', key.id, place.tenant, place.project, place.eventId].join('\n');
  const keys = createDataKeys([key]);
  const open = (plain: Uint8Array): Payload =>
    openPayload(keys, place, {
      kind: 'encrypted',
      bytes: encodeEnvelope({ keyId: key.id, ...seal(key.key, plain, context) }),
    });
  assert.deepEqual(open(encodePlainPayload(signal)), signal);
  assert.throws(() => open(Buffer.from('nonsense')), { name: 'ProtocolError' });
  assert.throws(() => open(Buffer.alloc(0)), { code: 'missing_payload' });
  const nested = sealPayload(key, place, signal);
  assert.throws(() => open(encodePlainPayload(nested)), { code: 'invalid_field' });
  assert.throws(() => open(encodePlainPayload({ ...signal, data: '{' })), { code: 'invalid_field' });
});

test('nonces are not used again', () => {
  const key = createKey();
  const nonces = Array.from({ length: 1_000 }, () =>
    Buffer.from(decodeEnvelope(sealPayload(key, place, signal).bytes)?.nonce ?? []).toString('hex'),
  );
  assert.equal(new Set(nonces).size, nonces.length);
});

test('keys as data come back, and what is none is refused without being quoted', () => {
  const keys = createDataKeys([createKey(), createKey()]);
  assert.deepEqual(parseDataKeys(JSON.parse(JSON.stringify(dataKeysToJson(keys))), 'a file'), keys);
  const [good] = dataKeysToJson(keys).keys;
  const bad = [
    undefined,
    null,
    'x',
    {},
    { keys: [] },
    { keys: ['x'] },
    { keys: [{ ...good, key: 'c2hvcnQ=' }] },
    { keys: [{ ...good, id: '../x' }] },
    { keys: [{ ...good, created_at: 'yesterday' }] },
    { keys: [good, { ...good, key: 7 }] },
  ];
  for (const json of bad)
    assert.throws(
      () => parseDataKeys(json, 'a file'),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'invalid_data_keys');
        assert.ok(!error.message.includes(String(good?.['key'])));
        return true;
      },
    );
});

test('a data key is unwrapped by its master key, for its own tenant, and by nothing else', async () => {
  const [first, second] = [createMasterKey(), createMasterKey()];
  const old = createKeyWrapper(new Secret(first));
  const key = randomBytes(32);
  const wrapped = await old.wrap(key, 'acme\n1');
  assert.deepEqual(await old.unwrap(wrapped, 'acme\n1'), key);
  assert.ok(!Buffer.from(wrapped.wrapped, 'base64').includes(key));
  await assert.rejects(old.unwrap(wrapped, 'other\n1'), { code: 'wrapped_key_damaged' });
  await assert.rejects(old.unwrap({ ...wrapped, wrapped: '' }, 'acme\n1'), { code: 'wrapped_key_damaged' });
  const changed = Buffer.from(wrapped.wrapped, 'base64');
  changed.writeUInt8(changed.readUInt8(20) ^ 1, 20);
  const damaged = { ...wrapped, wrapped: changed.toString('base64') };
  await assert.rejects(old.unwrap(damaged, 'acme\n1'), { code: 'wrapped_key_damaged' });
  const another = createKeyWrapper(new Secret(second));
  await assert.rejects(another.unwrap(wrapped, 'acme\n1'), {
    code: 'unknown_master_key',
    message: new RegExp(`${old.currentId}.*${another.currentId}`),
  });
  const both = createKeyWrapper(new Secret(`${second}${first}`));
  assert.equal(both.currentId, another.currentId);
  assert.deepEqual(await both.unwrap(wrapped, 'acme\n1'), key);
  assert.equal((await both.wrap(key, 'x')).wrappedBy, another.currentId);
});

test('a text that is no master key is refused, and not quoted', () => {
  for (const text of ['', '\n', 'secret-text', 'c2hvcnQ=', `${createMasterKey()}x`, createMasterKey().repeat(17)])
    assert.throws(
      () => createKeyWrapper(new Secret(text)),
      (error: Error & { code?: string }) =>
        error.code === 'invalid_master_key' && !error.message.includes('secret-text'),
    );
});
