import { createHash } from 'node:crypto';
import { strict as assert } from 'node:assert';
import { decodeEvent, tagAttribute, type SwarmEvent } from '@swarmledger/protocol';
import type { EventGroup } from '../event-group.ts';

interface File {
  readonly mode: number;
  readonly content: Buffer;
}

/**
 * For tests: a plain model of what a ledger makes of the events. It decodes the bytes, as the hub does, and insists on what the importer
 * promises: actions that fit, true bases, chunks before their change, no file where a folder is, a tag on a commit's last event.
 */
export class EventTree {
  readonly files = new Map<string, File>();
  /** `git:<id>` of the last commit that is complete. */
  tag = '';
  readonly #contents = new Map<string, Buffer>();

  apply(group: EventGroup): void {
    const { tenant, project } = group.events[0] ?? assert.fail('a group has events');
    assert.equal(group.events.length, group.encoded.length);
    for (const [index, raw] of group.encoded.entries()) {
      const event = decodeEvent(raw, { tenant, project });
      assert.equal(event.eventId, group.events[index]?.eventId);
      this.#applyEvent(event);
      const tag = event.attributes[tagAttribute];
      assert.equal(
        tag !== undefined,
        group.last && index === group.encoded.length - 1,
        'only the last event has a tag',
      );
      if (tag !== undefined) this.tag = tag;
    }
  }

  /** As `listGitTree` gives it. */
  blobs(): Map<string, { mode: string; id: string }> {
    return new Map(
      [...this.files].map(([path, { mode, content }]) => {
        const id = mode === 0o160000 ? content.toString('latin1') : blobId(content);
        return [path, { mode: mode.toString(8).padStart(6, '0'), id }];
      }),
    );
  }

  #applyEvent(event: SwarmEvent): void {
    const { payload } = event;
    if (payload.kind === 'content_chunk') {
      const key = Buffer.from(payload.sha256).toString('hex');
      const before = this.#contents.get(key) ?? Buffer.alloc(0);
      assert.equal(before.length, payload.offset, 'chunks come in order');
      this.#contents.set(key, Buffer.concat([before, payload.data]));
    }
    if (payload.kind !== 'state_change') return;
    const before = this.files.get(payload.path);
    assert.equal(before !== undefined, payload.action !== 'CREATE', `${payload.action} of ${payload.path}`);
    assert.deepEqual(hex(payload.baseSha256), before === undefined ? undefined : sha256(before.content));
    if (payload.action === 'DELETE') return void this.files.delete(payload.path);
    this.#assertPlace(payload.path);
    let content: Buffer | undefined;
    if (payload.body.kind === 'content') content = Buffer.from(payload.body.content);
    if (payload.body.kind === 'content_sha256') content = this.#contents.get(hex(payload.body.sha256) ?? '');
    if (content === undefined) assert.fail(`no content for ${payload.path}`);
    if (payload.body.kind === 'content_sha256') assert.equal(sha256(content), hex(payload.body.sha256));
    this.files.set(payload.path, { mode: payload.mode, content });
  }

  #assertPlace(path: string): void {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      assert.ok(!this.files.has(path.slice(0, at)), `${path}: a file is where its folder should be`);
    }
    if (this.files.has(path)) return;
    for (const other of this.files.keys()) assert.ok(!other.startsWith(`${path}/`), `${path} is a folder`);
  }
}

export function blobId(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('hex');
}
