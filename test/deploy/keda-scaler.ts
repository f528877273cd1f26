/**
 * Asks NATS what KEDA's `nats-jetstream` scaler asks (pkg/scalers/nats_jetstream_scaler.go of kedacore/keda), in the same order and with
 * the same memory between two polls: so the tests see the numbers that KEDA would see. As of 2.16: versions before stay at a server
 * that is not the leader any more, and see only what is in flight (kedacore/keda#6042).
 */
export interface ScalerMetadata {
  readonly stream: string;
  readonly consumer: string;
  readonly lagThreshold: string;
  readonly activationLagThreshold: string;
  /** By the TriggerAuthentication. */
  readonly account: string;
  readonly natsServerMonitoringEndpoint: string;
}

export interface Poll {
  readonly lag: number;
  readonly isActive: boolean;
}

interface Consumer {
  readonly name: string;
  readonly num_pending: number;
  readonly num_ack_pending: number;
  readonly cluster?: { readonly leader?: string };
}

interface Stream {
  readonly name: string;
  readonly state: { readonly last_seq: number };
  readonly consumer_detail?: readonly Consumer[];
}

interface Jsz {
  readonly account_details?: readonly { readonly name: string; readonly stream_detail?: readonly Stream[] }[];
  readonly meta_cluster?: { readonly cluster_size?: number };
}

interface Varz {
  readonly server_name: string;
  readonly connect_urls?: readonly string[];
  readonly cluster?: { readonly urls?: readonly string[] };
}

/** Names that a cluster has in Kubernetes and not on this machine. */
export interface ClusterDns {
  /** From a host and port as KEDA names them to an address of this machine. */
  readonly resolve: (endpoint: string) => string;
  /** A route as it is configured there, such as `nats-1.nats-headless:6222`. */
  readonly nameRoute: (url: string) => string;
}

const noDns: ClusterDns = { resolve: (endpoint) => endpoint, nameRoute: (url) => url };

export class KedaScaler {
  readonly #metadata: ScalerMetadata;
  readonly #dns: ClusterDns;
  #leader = '';
  #leaderEndpoint = '';
  #stream: Stream | undefined;

  constructor(metadata: ScalerMetadata, dns: ClusterDns = noDns) {
    this.#metadata = metadata;
    this.#dns = dns;
  }

  /** @throws Error stream not found, or what the request threw: KEDA then keeps what it had */
  async poll(): Promise<Poll> {
    const { natsServerMonitoringEndpoint: endpoint, consumer: name, activationLagThreshold } = this.#metadata;
    await this.#look(endpoint);
    if (this.#stream === undefined) throw new Error('stream not found');
    const consumer = this.#stream.consumer_detail?.find((one) => one.name === name);
    const lag = consumer === undefined ? this.#stream.state.last_seq : consumer.num_pending + consumer.num_ack_pending;
    return { lag, isActive: lag > Number(activationLagThreshold) };
  }

  async #look(endpoint: string): Promise<void> {
    const before = this.#leader;
    const first = await this.#fetchJsz(this.#leaderEndpoint || endpoint);
    const found = this.#keep(first);
    if (before !== '' && !found) {
      this.#leader = '';
      this.#leaderEndpoint = '';
      this.#stream = undefined;
    }
    if (found && before !== '' && before === this.#leader) return;
    if ((first.meta_cluster?.cluster_size ?? 0) <= 1) return;
    for (const { node, nodeEndpoint } of await this.#listNodes(endpoint)) {
      const answer = await this.#fetchJsz(nodeEndpoint);
      if (this.#find(answer)?.consumer?.cluster?.leader !== node) continue;
      this.#keep(answer);
      this.#leaderEndpoint = nodeEndpoint;
      return;
    }
    throw new Error(`leader node not found for consumer ${this.#metadata.consumer}`);
  }

  /** Servers that advertise addresses are asked by those; others by their names, in front of the endpoint's host. */
  async #listNodes(endpoint: string): Promise<readonly { readonly node: string; readonly nodeEndpoint: string }[]> {
    const varz = await this.#fetch<Varz>(endpoint, '/varz');
    const port = endpoint.split(':')[1];
    const advertised = varz.connect_urls ?? [];
    if (advertised.length === 0) {
      const routes = (varz.cluster?.urls ?? []).map((url) => this.#dns.nameRoute(url));
      const names = routes.map((url) => url.split('.')[0] ?? '');
      return names.map((node) => ({ node, nodeEndpoint: `${node}.${endpoint}` }));
    }
    return Promise.all(
      advertised.map(async (url) => {
        const nodeEndpoint = `${url.split(':')[0]}:${port}`;
        return { node: (await this.#fetch<Varz>(nodeEndpoint, '/varz')).server_name, nodeEndpoint };
      }),
    );
  }

  #find(answer: Jsz): { readonly stream: Stream; readonly consumer: Consumer | undefined } | undefined {
    const { account, stream: name, consumer } = this.#metadata;
    const streams = answer.account_details?.find((one) => one.name === account)?.stream_detail ?? [];
    const stream = streams.find((one) => one.name === name);
    return stream && { stream, consumer: stream.consumer_detail?.find((one) => one.name === consumer) };
  }

  #keep(answer: Jsz): boolean {
    const found = this.#find(answer);
    if (found !== undefined) this.#stream = found.stream;
    if (found?.consumer === undefined) return false;
    this.#leader = found.consumer.cluster?.leader ?? '';
    return true;
  }

  #fetchJsz(endpoint: string): Promise<Jsz> {
    return this.#fetch<Jsz>(endpoint, `/jsz?acc=${this.#metadata.account}&consumers=true&config=true`);
  }

  async #fetch<T>(endpoint: string, path: string): Promise<T> {
    const response = await fetch(`http://${this.#dns.resolve(endpoint)}${path}`, {
      signal: AbortSignal.timeout(3_000),
    });
    return (await response.json()) as T;
  }
}

/** Jobs that KEDA starts now: strategy `default` of a ScaledJob (pkg/scaling/executor/scale_jobs.go). */
export function jobsToStart(lag: number, lagThreshold: number, running: number, maxReplicaCount: number): number {
  const wanted = Math.min(Math.ceil(lag / lagThreshold), maxReplicaCount);
  return Math.max(0, wanted - running);
}
