import {
  mainBranch,
  parseBranchName,
  parseEventId,
  parseTagName,
  parseVersion,
  type BranchName,
} from '@swarmledger/protocol';
import { parseMomentTime, parseMomentTimeMs } from '../moment-time.ts';
import type { MomentQuery } from '../moment.ts';
import { badRequest } from './errors.ts';
import { httpLimits } from './limits.ts';

/** A request's parameters. One that nobody has asked for is a mistake of the caller: `finish` tells. */
export class Query {
  readonly #values: URLSearchParams;
  readonly #known = new Set<string>();

  constructor(text: string) {
    this.#values = new URLSearchParams(text);
  }

  /** @throws HttpError repeated_parameter */
  one(name: string): string | undefined {
    const [value, ...others] = this.many(name);
    if (others.length > 0) throw badRequest('repeated_parameter', `parameter "${name}" may be given once`);
    return value === '' ? undefined : value;
  }

  many(name: string): readonly string[] {
    this.#known.add(name);
    return this.#values.getAll(name);
  }

  /** @throws HttpError invalid_parameter */
  oneOf<const Name extends string>(name: string, names: readonly Name[]): Name | undefined {
    const value = this.one(name);
    return value === undefined ? undefined : choose(name, names, value);
  }

  /** @throws HttpError invalid_parameter */
  manyOf<const Name extends string>(name: string, names: readonly Name[]): readonly Name[] {
    return this.many(name).map((value) => choose(name, names, value));
  }

  /** Items of a page. @throws HttpError invalid_parameter */
  limit(): number {
    const value = this.one('limit');
    if (value === undefined) return httpLimits.pageItemsDefault;
    const limit = Number(value);
    if (/^\d+$/.test(value) && limit >= 1 && limit <= httpLimits.pageItemsMax) return limit;
    throw badRequest(
      'invalid_parameter',
      `parameter "limit" is not a whole number from 1 to ${httpLimits.pageItemsMax}`,
    );
  }

  branch(prefix = ''): BranchName {
    const value = this.one(`${prefix}branch`);
    return value === undefined ? mainBranch : parseBranchName(value);
  }

  /** The moment that `at`, `version`, `tag`, `before` or `event_time` names; the head without. @throws HttpError two_moments */
  moment(prefix = ''): MomentQuery {
    const [at, version, tag, before, eventTime] = ['at', 'version', 'tag', 'before', 'event_time'].map((name) =>
      this.one(prefix + name),
    );
    if ([at, version, tag, before, eventTime].filter((value) => value !== undefined).length > 1) {
      throw badRequest('two_moments', 'give one of at, version, tag, before and event_time, not several');
    }
    if (at !== undefined) return { kind: 'commit_time', timeMs: parseMomentTimeMs(at) };
    if (version !== undefined) return { kind: 'version', version: parseVersion(version) };
    if (tag !== undefined) return { kind: 'tag', name: parseTagName(tag) };
    if (before !== undefined) return { kind: 'before_event', eventId: parseEventId(before) };
    if (eventTime !== undefined) return { kind: 'event_time', timeUs: parseMomentTime(eventTime) };
    return { kind: 'head' };
  }

  /** @throws HttpError unknown_parameter */
  finish(): void {
    for (const name of this.#values.keys()) {
      if (this.#known.has(name)) continue;
      throw badRequest('unknown_parameter', `there is no parameter ${JSON.stringify(name.slice(0, 80))} here`);
    }
  }
}

function choose<const Name extends string>(name: string, names: readonly Name[], value: string): Name {
  const found = names.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw badRequest('invalid_parameter', `parameter "${name}" is none of ${names.join(', ')}`);
}
