import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { checkout } from '../support/cli.ts';

/** One Kubernetes object, as it would be applied. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly handler?: string;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
  }[];
  readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly resources?: { readonly requests?: object; readonly limits?: { readonly memory?: string } };
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[] };
  };
}

export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
}

export interface Pod {
  readonly owner: Manifest;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: {
    readonly runtimeClassName?: string;
    readonly automountServiceAccountToken?: boolean;
    readonly securityContext?: { readonly runAsNonRoot?: boolean };
    readonly terminationGracePeriodSeconds?: number;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly {
      readonly configMap?: { readonly name: string };
      readonly secret?: { readonly secretName: string };
    }[];
  };
}

export const overlays = ['dev', 'production'] as const;
export type Overlay = (typeof overlays)[number];

const { ensureKustomize } = (await import(pathToFileURL(join(checkout, 'scripts/kubectl.mjs')).href)) as {
  ensureKustomize: () => readonly string[];
};

/** Everything that `kubectl apply -k` would apply. Fails when there is no way to get a kubectl: a silent skip would look green. */
export function renderOverlay(overlay: Overlay): readonly Manifest[] {
  const [program = '', ...args] = ensureKustomize();
  const folder = join(checkout, 'deploy/k8s/overlays', overlay);
  const text = execFileSync(program, [...args, folder], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  return parseAllDocuments(text).map((document) => withoutLineEnds(document.toJS() as Manifest));
}

/** kustomize breaks a Secret's long base64 into lines, which Kubernetes reads, and the schema's pattern does not. */
function withoutLineEnds(manifest: Manifest): Manifest {
  if (manifest.kind !== 'Secret') return manifest;
  const entries = Object.entries(manifest.data ?? {}).map(([key, value]) => [key, value.replace(/\s/g, '')]);
  return { ...manifest, data: Object.fromEntries(entries) as Record<string, string> };
}

export function readDeployFile(path: string): string {
  return readFileSync(join(checkout, 'deploy', path), 'utf8');
}

export function parseDeployFile(path: string): unknown {
  return parse(readDeployFile(path), { merge: true });
}

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: Pod['spec'];
}

/** The pods that the objects make, KEDA's jobs included. */
export function listPods(manifests: readonly Manifest[]): readonly Pod[] {
  return manifests.flatMap((owner) => {
    const target = (owner.kind === 'ScaledJob' ? owner.spec?.['jobTargetRef'] : owner.spec) as { template?: Template };
    if (!['Deployment', 'StatefulSet', 'ScaledJob'].includes(owner.kind) || target.template === undefined) return [];
    return [{ owner, labels: target.template.metadata?.labels ?? {}, spec: target.template.spec }];
  });
}

export function findManifest(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

/** A container's whole environment; what comes from a Secret has a value of the test's. */
export function resolveEnvironment(manifests: readonly Manifest[], container: Container): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { configMapRef } of container.envFrom ?? []) {
    if (configMapRef === undefined) continue;
    const { name } = configMapRef;
    // kustomize adds a hash of the content to the names that it makes.
    Object.assign(environment, findManifest(manifests, 'ConfigMap', name).data);
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    environment[name] = valueFrom === undefined ? (value ?? '') : 'from-a-secret';
  }
  return environment;
}
