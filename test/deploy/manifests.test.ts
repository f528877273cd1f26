import assert from 'node:assert/strict';
import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { findNatsServer } from '@swarmledger/bus';
import { loadConfig as loadAuthConfig } from '@swarmledger/auth';
import { loadConfig as loadReplayerConfig } from '@swarmledger/replayer/service';
import { loadConfig as loadIngestorConfig } from '@swarmledger/ingestor';
import { ingestorConsumer, jobStream, partitionMapping, partitionStream, workerConsumer } from '@swarmledger/protocol';
import { createTelemetry, openHealthServer } from '@swarmledger/runtime';
import { loadConfig as loadWorkerConfig } from '@swarmledger/worker';
import { checkout } from '../support/cli.ts';
import {
  findManifest,
  listPods,
  overlays,
  parseDeployFile,
  readDeployFile,
  renderOverlay,
  resolveEnvironment,
  type Container,
  type Manifest,
} from './render.ts';

const rendered = Object.fromEntries(overlays.map((overlay) => [overlay, renderOverlay(overlay)]));
const all = overlays.flatMap((overlay) => (rendered[overlay] ?? []).map((manifest) => ({ overlay, manifest })));

/** Kinds whose schemas nobody publishes on npm: those of FoundationDB's operator. Their fields are its documentation's. */
const withoutSchema = new Set(['FoundationDBCluster', 'FoundationDBBackup']);
const ours = {
  ingestor: loadIngestorConfig,
  worker: loadWorkerConfig,
  replayer: loadReplayerConfig,
  auth: loadAuthConfig,
} as const;

/** Where the published model of a kind is: validator and types. */
function modelOf({ apiVersion, kind }: Manifest): string {
  const library = apiVersion.startsWith('keda.sh/') ? '@kubernetes-models/keda' : 'kubernetes-models';
  return `${library}/${apiVersion}/${kind}`;
}

/** `swarmledger/ingestor`, at whatever registry and tag, is service `ingestor`. */
function serviceOf(container: Container): keyof typeof ours | undefined {
  const [, name] = /(?:^|\/)swarmledger\/([a-z]+):/.exec(container.image) ?? [];
  if (name === undefined) return undefined;
  assert.ok(name in ours, `image ${container.image} is no service`);
  return name as keyof typeof ours;
}

test('every object of every overlay passes the published schemas of Kubernetes and KEDA', async () => {
  const checked = new Set<string>();
  for (const { overlay, manifest } of all) {
    if (withoutSchema.has(manifest.kind)) {
      assert.equal(manifest.apiVersion, 'apps.foundationdb.org/v1beta2');
      continue;
    }
    const models = (await import(modelOf(manifest))) as Record<string, new (data: object) => { validate(): void }>;
    const Model = models[manifest.kind];
    assert.ok(Model, manifest.kind);
    assert.doesNotThrow(() => new Model(manifest).validate(), `${overlay}: ${manifest.kind} ${manifest.metadata.name}`);
    checked.add(manifest.kind);
  }
  for (const kind of [
    'ScaledJob',
    'ScaledObject',
    'TriggerAuthentication',
    'StatefulSet',
    'NetworkPolicy',
    'Deployment',
  ]) {
    assert.ok(checked.has(kind), kind);
  }
});

test('no object has a field that its kind does not know: TypeScript checks them against the published types', () => {
  const folder = mkdtempSync(join(checkout, 'test/dist/manifests-'));
  try {
    const lines = all
      .filter(({ manifest }) => !withoutSchema.has(manifest.kind))
      .flatMap(({ manifest }, index) => [
        `import type { I${manifest.kind} as K${index} } from '${modelOf(manifest)}';`,
        `export const m${index}: K${index} = ${JSON.stringify(manifest)};`,
      ]);
    writeFileSync(join(folder, 'manifests.mts'), `${lines.join('\n')}\n`);
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const compilerOptions = {
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      module: 'nodenext',
      target: 'es2022',
      types: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['manifests.mts'] }));
    const check = (): string => spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout;
    assert.equal(check(), '');
    // And it would say so.
    writeFileSync(
      join(folder, 'manifests.mts'),
      `${lines.join('\n').replace('"containerPort":', '"containerPrt":')}\n`,
    );
    assert.match(check(), /containerPrt/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('every image has a tag, ours are services that the Dockerfile builds, and the FoundationDB library is the cluster’s version', () => {
  for (const { manifest } of all) {
    for (const { spec } of listPods([manifest])) {
      for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
        assert.match(container.image, /:[^:/]+$/, `${container.image} has no tag`);
        assert.doesNotMatch(container.image, /:latest$/);
        const service = serviceOf(container);
        if (service === undefined) continue;
        assert.ok(existsSync(join(checkout, 'services', service, 'src/main.ts')), service);
        const script = container.command?.[0];
        if (script !== undefined) assert.equal(script, 'cp', 'an image of ours has what Debian has, and node');
      }
    }
    if (manifest.kind === 'FoundationDBCluster' || manifest.kind === 'FoundationDBBackup') {
      const version = String(manifest.spec?.['version']);
      assert.ok(
        readDeployFile('docker/Dockerfile').includes(`ARG FDB_VERSION=${version}`),
        `client library ${version}`,
      );
      assert.ok(readDeployFile('compose/compose.yaml').includes(`foundationdb/foundationdb:${version}`));
    }
  }
});

test('the configuration of each of our containers is one that the service accepts, and nothing in it is unknown to the code', () => {
  const source = execFileSync(
    'git',
    ['grep', '-hoE', "'(SWARMLEDGER|OTEL|FDB)_[A-Z_]+'", '--', 'packages/*.ts', 'services/*.ts'],
    {
      cwd: checkout,
      encoding: 'utf8',
    },
  );
  const known = new Set(source.split('\n').map((name) => name.replaceAll("'", '')));
  let containers = 0;
  const check = (environment: Record<string, string>, service: keyof typeof ours): void => {
    containers += 1;
    assert.doesNotThrow(() => ours[service](environment), service);
    for (const name of Object.keys(environment)) assert.ok(known.has(name), `nobody reads ${name}`);
    const config = ours[service](environment);
    assert.equal(config.health.host, '0.0.0.0', 'probes come from outside of the pod');
  };
  for (const overlay of overlays) {
    const manifests = rendered[overlay] ?? [];
    for (const { spec } of listPods(manifests)) {
      for (const container of spec.containers) {
        const service = serviceOf(container);
        if (service !== undefined) check(resolveEnvironment(manifests, container), service);
      }
    }
  }
  assert.equal(containers, Object.keys(ours).length * overlays.length);
  const compose = parseDeployFile('compose/compose.yaml') as {
    readonly services: Readonly<Record<string, { readonly environment?: Record<string, string> }>>;
  };
  for (const service of Object.keys(ours) as (keyof typeof ours)[])
    check({ ...compose.services[service]?.environment }, service);
});

test('each probe asks for a path that the service has, at the port where it listens', async () => {
  const { metrics } = createTelemetry();
  const server = await openHealthServer({ host: '127.0.0.1', port: 0 }, { ready: () => undefined, metrics });
  try {
    for (const overlay of overlays) {
      const manifests = rendered[overlay] ?? [];
      for (const { owner, spec } of listPods(manifests)) {
        for (const container of spec.containers) {
          const where = `${overlay}: ${owner.metadata.name}/${container.name}`;
          const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe].filter(
            (probe) => probe !== undefined,
          );
          assert.ok(container.livenessProbe, `${where} has no liveness probe`);
          assert.ok(owner.kind === 'ScaledJob' || container.readinessProbe, `${where} has no readiness probe`);
          for (const { httpGet } of probes) {
            const port = container.ports?.find(({ name }) => name === httpGet?.port);
            assert.ok(httpGet && port, `${where}: no port ${httpGet?.port}`);
            if (serviceOf(container) === undefined) continue;
            const response = await fetch(`http://127.0.0.1:${server.port}${httpGet.path}`);
            assert.equal(response.status, 200, `${where}: ${httpGet.path}`);
            assert.equal(
              port.containerPort,
              Number(resolveEnvironment(manifests, container)['SWARMLEDGER_HEALTH_PORT']),
            );
          }
        }
      }
    }
  } finally {
    await server.close();
  }
});

test('every Secret and ConfigMap that is named is there, or is one that the overlay says somebody else makes', () => {
  const documented = readDeployFile('k8s/overlays/production/kustomization.yaml').split('apiVersion')[0] ?? '';
  for (const overlay of overlays) {
    const manifests = rendered[overlay] ?? [];
    const secrets = manifests.filter(({ kind }) => kind === 'Secret');
    const requireSecret = (name: string, key: string | undefined): void => {
      if (overlay === 'production') {
        assert.ok(
          documented.includes(name) && (key === undefined || documented.includes(`\`${key}\``)),
          `${name}/${key}`,
        );
        return;
      }
      const secret = secrets.find(({ metadata }) => metadata.name === name);
      assert.ok(secret, `${overlay}: no Secret ${name}`);
      assert.ok(key === undefined || key in (secret.data ?? {}), `${overlay}: Secret ${name} has no ${key}`);
    };
    for (const { spec } of listPods(manifests)) {
      for (const container of spec.containers) {
        for (const { valueFrom } of container.env ?? []) {
          if (valueFrom?.secretKeyRef !== undefined)
            requireSecret(valueFrom.secretKeyRef.name, valueFrom.secretKeyRef.key);
        }
      }
      for (const { configMap, secret } of spec.volumes ?? []) {
        // That one is FoundationDB's operator's: named after the cluster.
        if (configMap !== undefined && configMap.name !== 'swarmledger-fdb-config') {
          findManifest(manifests, 'ConfigMap', configMap.name);
        }
        if (secret !== undefined) requireSecret(secret.secretName, undefined);
      }
    }
    const authentication = findManifest(manifests, 'TriggerAuthentication', 'nats-monitoring').spec;
    for (const { name, key } of authentication?.['secretTargetRef'] as readonly { name: string; key: string }[]) {
      requireSecret(name, key);
    }
    assert.ok(overlay === 'dev' || secrets.length === 0, 'production brings no secrets of its own');
  }
});

test('every container is restricted, asks for resources, and has a budget and a network policy', () => {
  for (const overlay of overlays) {
    const manifests = rendered[overlay] ?? [];
    const selects = (kind: string, labels: Readonly<Record<string, string>>): boolean =>
      manifests.some(({ kind: found, spec }) => {
        const selector = (spec?.['selector'] ?? spec?.['podSelector']) as
          { matchLabels?: Record<string, string> } | undefined;
        const wanted = Object.entries(selector?.matchLabels ?? {});
        return found === kind && wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
      });
    for (const { owner, labels, spec } of listPods(manifests)) {
      const where = `${overlay}: ${owner.kind} ${owner.metadata.name}`;
      assert.equal(spec.securityContext?.runAsNonRoot, true, where);
      assert.equal(spec.automountServiceAccountToken, false, where);
      assert.ok(selects('NetworkPolicy', labels), `${where} has no network policy`);
      if (['nats', 'ingestor', 'replayer', 'auth'].includes(owner.metadata.name))
        assert.ok(selects('PodDisruptionBudget', labels), where);
      for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
        const { securityContext, resources } = container;
        assert.deepEqual(securityContext?.capabilities?.drop, ['ALL'], `${where}/${container.name}`);
        assert.equal(securityContext?.allowPrivilegeEscalation, false, `${where}/${container.name}`);
        assert.equal(securityContext?.readOnlyRootFilesystem, true, `${where}/${container.name}`);
        assert.ok(resources?.requests && resources.limits?.memory, `${where}/${container.name}`);
      }
    }
    // What drains within 10 s has more than that.
    for (const { spec } of listPods(manifests)) assert.ok((spec.terminationGracePeriodSeconds ?? 30) >= 20);
  }
  const worker = listPods([findManifest(rendered['production'] ?? [], 'ScaledJob', 'worker')])[0];
  assert.equal(worker?.spec.runtimeClassName, 'gvisor');
  findManifest(rendered['production'] ?? [], 'RuntimeClass', 'gvisor');
});

test('a worker starts from the project’s state where the overlay says so, and reaches the ledger only there', () => {
  const see = (overlay: (typeof overlays)[number]): readonly unknown[] => {
    const manifests = rendered[overlay] ?? [];
    const [pod] = listPods([findManifest(manifests, 'ScaledJob', 'worker')]);
    const [container] = pod?.spec.containers ?? [];
    assert.ok(container);
    const { ledger } = loadWorkerConfig(resolveEnvironment(manifests, container));
    const copied = pod?.spec.initContainers?.map(({ command }) => command?.at(-1)) ?? [];
    return [ledger, copied, manifests.some(({ metadata }) => metadata.name === 'worker-to-foundationdb')];
  };
  const clusterFile = '/etc/foundationdb/cluster-file';
  assert.deepEqual(see('dev'), [{ kind: 'cluster', clusterFile }, [clusterFile], true]);
  assert.deepEqual(see('production'), [undefined, [], false]);
});

interface Trigger {
  readonly type: string;
  readonly metadata: { readonly stream: string; readonly consumer: string };
}

test('KEDA looks at the streams and consumers that the code makes, and starts no more ingestors than there are partitions', () => {
  for (const overlay of overlays) {
    const manifests = rendered[overlay] ?? [];
    const partitions = Number(
      manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('ingestor-config'))
        ?.data?.['SWARMLEDGER_PARTITIONS'],
    );
    const object = findManifest(manifests, 'ScaledObject', 'ingestor').spec;
    assert.equal(object?.['maxReplicaCount'], partitions);
    assert.deepEqual(
      (object?.['triggers'] as readonly Trigger[]).map(({ metadata }) => [metadata.stream, metadata.consumer]),
      Array.from({ length: partitions }, (_, partition) => [partitionStream(partition), ingestorConsumer]),
    );
    findManifest(manifests, 'Deployment', String((object?.['scaleTargetRef'] as { name: string }).name));
    const job = findManifest(manifests, 'ScaledJob', 'worker').spec;
    const [trigger] = job?.['triggers'] as readonly Trigger[];
    assert.deepEqual([trigger?.metadata.stream, trigger?.metadata.consumer], [jobStream, workerConsumer]);
    assert.deepEqual(
      [
        (job?.['scalingStrategy'] as { strategy: string }).strategy,
        (job?.['rollout'] as { strategy: string }).strategy,
      ],
      ['default', 'gradual'],
    );
  }
});

test('nats-server accepts each configuration file, and it maps subjects as the code expects', async () => {
  const binary = await findNatsServer(process.env);
  assert.ok(binary, 'no nats-server: run "npm run setup"');
  const { from, to } = partitionMapping(8);
  for (const path of ['k8s/base/nats.conf', 'k8s/overlays/dev/nats.conf']) {
    assert.ok(readDeployFile(path).includes(`"${from}": "${to}"`), path);
    const checked: SpawnSyncReturns<string> = spawnSync(binary, ['-t', '-c', join(checkout, 'deploy', path)], {
      encoding: 'utf8',
      env: { ...process.env, POD_NAME: 'nats-0', NATS_PASSWORD: 'not-a-number' },
    });
    assert.equal(checked.status, 0, `${path}: ${checked.stderr}`);
  }
});

test('the Dockerfile ends as a user who is not root, and gives SIGTERM to the service itself', () => {
  const last =
    readDeployFile('docker/Dockerfile')
      .split(/^FROM /m)
      .at(-1) ?? '';
  const [, user] = /^USER (\d+):\d+$/m.exec(last) ?? [];
  assert.ok(Number(user) > 0);
  assert.match(last, /^CMD \["node", .*"dist\/main\.js"\]$/m);
  assert.match(last, /libfdb_c\.so/);
});
