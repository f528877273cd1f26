import { commitsSubject, receiptsSubject, type ProjectId, type TenantId } from '@swarmledger/protocol';

export interface SubjectPermissions {
  readonly pub?: { readonly allow: string[] };
  readonly sub?: { readonly allow: string[] };
}

const anyProject = '*' as ProjectId;

/** Replies to a user come below this and nowhere else. */
export function inboxPrefix(publicKey: string): string {
  return `_INBOX.${publicKey}`;
}

/** No JetStream API among them: a tenant neither consumes nor looks into streams. */
export function tenantPermissions(tenant: TenantId, publicKey: string): SubjectPermissions {
  return {
    pub: { allow: [`swarm.${tenant}.>`, receiptsSubject(tenant, anyProject)] },
    sub: { allow: [commitsSubject(tenant, anyProject), `${inboxPrefix(publicKey)}.>`] },
  };
}
