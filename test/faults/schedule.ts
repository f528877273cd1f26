import { createRandom, type Random } from './random.ts';

/** The processes that harm is done to, in the order in which they are started. */
export const partNames = ['nats', 'engine', 'ingestor-0', 'ingestor-1', 'online', 'edge', 'syncer'] as const;
export type PartName = (typeof partNames)[number];

/** The connections that go through a proxy of the test's own: who, to what. */
export const linkNames = [
  'ingestor-0 nats',
  'ingestor-1 nats',
  'ingestor-0 engine',
  'ingestor-1 engine',
  'online nats',
  'syncer nats',
] as const;
export type LinkName = (typeof linkNames)[number];

/** Processes whose clock can be set, and how the disks are named. */
export type ClockName = Exclude<PartName, 'nats' | 'engine'>;
export type DiskName = 'hub' | 'edge';

export type Harm =
  | { readonly kind: 'kill'; readonly part: PartName }
  | { readonly kind: 'pause'; readonly part: PartName }
  /** Longer than the others wait for a sign of life: they take its partitions, then it wakes up. */
  | { readonly kind: 'pause_past_lease'; readonly part: 'ingestor-0' | 'ingestor-1' }
  | { readonly kind: 'cut'; readonly link: LinkName }
  | { readonly kind: 'cut_inside_message'; readonly link: LinkName; readonly afterBytes: number }
  /** Nothing arrives any more, and nobody is told. */
  | { readonly kind: 'freeze'; readonly link: LinkName }
  | { readonly kind: 'delay'; readonly link: LinkName; readonly delayMs: number }
  | { readonly kind: 'fill_disk'; readonly disk: DiskName }
  | { readonly kind: 'set_clock'; readonly part: ClockName; readonly offsetMs: number }
  | { readonly kind: 'engine_gone' }
  /** A client that subscribes to every receipt and reads none. */
  | { readonly kind: 'slow_reader' }
  /** Old messages again, shuffled, without the header by which JetStream would know them. */
  | { readonly kind: 'duplicates'; readonly messages: number; readonly shuffleSeed: number }
  /** Somebody else takes a partition's messages and hands them back: they come again in another order. */
  | { readonly kind: 'intruder'; readonly partition: number }
  | { readonly kind: 'hostile_input'; readonly messages: number }
  | { readonly kind: 'restart_everything'; readonly order: readonly PartName[] };
export type HarmKind = Harm['kind'];

export interface ScheduledHarm {
  /** After the workload has begun. */
  readonly atMs: number;
  /** Until it is undone. */
  readonly forMs: number;
  readonly harm: Harm;
}

/** `short` is part of every test run; `full` is a seed of `npm run test:faults`. */
export const profiles = {
  short: { harms: 7, overMs: 12_000 },
  full: { harms: 14, overMs: 24_000 },
} as const;
export type ProfileName = keyof typeof profiles;

export const partitions = 4;
const dayMs = 86_400_000;

const kinds: readonly HarmKind[] = [
  'kill',
  'kill',
  'kill',
  'pause',
  'pause',
  'pause_past_lease',
  'cut',
  'cut',
  'cut_inside_message',
  'freeze',
  'delay',
  'fill_disk',
  'set_clock',
  'set_clock',
  'engine_gone',
  'slow_reader',
  'duplicates',
  'duplicates',
  'intruder',
  'hostile_input',
  'restart_everything',
];

/** What happens when: the same for ever for a seed and a profile. Every kind has its turn within two full seeds. */
export function createSchedule(seed: number, profile: ProfileName): readonly ScheduledHarm[] {
  const random = createRandom(seed);
  const { harms, overMs } = profiles[profile];
  const chosen = random.shuffle(kinds).slice(0, harms);
  return chosen
    .map((kind) => ({ atMs: random.below(overMs), ...createHarm(kind, random, overMs) }))
    .sort((a, b) => a.atMs - b.atMs);
}

function createHarm(kind: HarmKind, random: Random, overMs: number): Omit<ScheduledHarm, 'atMs'> {
  const briefly = random.between(200, 3_000);
  const link = random.pick(linkNames);
  switch (kind) {
    case 'kill':
      return { forMs: briefly, harm: { kind, part: random.pick(partNames) } };
    case 'pause':
      return { forMs: briefly, harm: { kind, part: random.pick(partNames) } };
    case 'pause_past_lease':
      return { forMs: random.between(4_000, 7_000), harm: { kind, part: random.pick(['ingestor-0', 'ingestor-1']) } };
    case 'cut':
    case 'freeze':
      return { forMs: random.between(500, 5_000), harm: { kind, link } };
    case 'cut_inside_message':
      return { forMs: briefly, harm: { kind, link, afterBytes: random.between(1, 200_000) } };
    case 'delay':
      return { forMs: random.between(2_000, 6_000), harm: { kind, link, delayMs: random.between(20, 400) } };
    case 'fill_disk':
      return { forMs: briefly, harm: { kind, disk: random.pick(['hub', 'edge']) } };
    case 'set_clock': {
      const part = random.pick(partNames.filter((name): name is ClockName => name !== 'nats' && name !== 'engine'));
      // An hour either way for the hub; an edge may be a month behind, or a day ahead, which is what the hub takes.
      const isHub = part.startsWith('ingestor');
      const [back, ahead] = isHub ? [3_600_000, 3_600_000] : [30 * dayMs, dayMs];
      return { forMs: random.between(1_000, 8_000), harm: { kind, part, offsetMs: random.between(-back, ahead) } };
    }
    case 'engine_gone':
      return { forMs: overMs, harm: { kind } };
    case 'slow_reader':
      return { forMs: overMs, harm: { kind } };
    case 'duplicates':
      return { forMs: 0, harm: { kind, messages: random.between(20, 200), shuffleSeed: random.below(2 ** 31) } };
    case 'intruder':
      return { forMs: briefly, harm: { kind, partition: random.below(partitions) } };
    case 'hostile_input':
      return { forMs: 0, harm: { kind, messages: random.between(5, 40) } };
    case 'restart_everything':
      return { forMs: random.between(100, 1_500), harm: { kind, order: random.shuffle(partNames) } };
    default:
      return kind satisfies never;
  }
}

/** One line for a person. */
export function describeHarm({ atMs, forMs, harm }: ScheduledHarm): string {
  const { kind, ...details } = harm;
  const text = Object.entries(details)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(',') : String(value)}`)
    .join(', ');
  return `${(atMs / 1_000).toFixed(1)} s: ${kind}${text === '' ? '' : ` (${text})`}${forMs > 0 ? ` for ${forMs} ms` : ''}`;
}
