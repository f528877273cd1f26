import { ProtocolError } from './errors.ts';
import { limits } from './limits.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type TenantId = Branded<'TenantId'>;
export type ProjectId = Branded<'ProjectId'>;
export type BranchName = Branded<'BranchName'>;
export type TagName = Branded<'TagName'>;

/** The branch that every project starts with. */
export const mainBranch = 'main' as BranchName;

// Tenants and projects are subject tokens and directory names: no dot, no wildcard, no space, one case.
const tokenPattern = /^[a-z0-9][a-z0-9_-]*$/;
const branchPattern = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;
// eslint-disable-next-line no-control-regex -- control characters are exactly what a tag must not have
const controlPattern = /[\u0000-\u001f\u007f]/;

/** Lower-case letters, digits, `-` and `_`, first a letter or digit, at most 63. @throws ProtocolError invalid_tenant */
export function parseTenantId(text: string): TenantId {
  if (text.length > limits.tenantIdLengthMax || !tokenPattern.test(text)) {
    throw new ProtocolError('invalid_tenant', `tenant ${quote(text)} is not a name of a-z, 0-9, "-" and "_"`);
  }
  return text as TenantId;
}

/** Same rules as a tenant. @throws ProtocolError invalid_project */
export function parseProjectId(text: string): ProjectId {
  if (text.length > limits.projectIdLengthMax || !tokenPattern.test(text)) {
    throw new ProtocolError('invalid_project', `project ${quote(text)} is not a name of a-z, 0-9, "-" and "_"`);
  }
  return text as ProjectId;
}

/** Empty means `main`. Letters, digits, `.`, `_`, `/`, `-`; at most 100. @throws ProtocolError invalid_branch */
export function parseBranchName(text: string): BranchName {
  if (text === '') return mainBranch;
  const wellFormed = branchPattern.test(text) && !text.includes('..') && !text.includes('//') && !text.endsWith('/');
  if (text.length > limits.branchLengthMax || !wellFormed) {
    throw new ProtocolError(
      'invalid_branch',
      `branch ${quote(text)} is not a name of letters, digits, ".", "_", "/", "-"`,
    );
  }
  return text as BranchName;
}

/** Any printable text up to 200 characters. @throws ProtocolError invalid_tag */
export function parseTagName(text: string): TagName {
  if (text === '' || text.length > limits.tagLengthMax || controlPattern.test(text)) {
    throw new ProtocolError('invalid_tag', `tag ${quote(text)} is empty, too long or has control characters`);
  }
  return text as TagName;
}

/** Text as it may stand in a message: JSON-escaped, at most 80 characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
